import { expect, test } from 'vitest';
import { ALREADY_ACTIVE } from '../room/ResponseQueue.ts';
import { FakeClock } from '../testing/FakeClock.ts';
import { FakeLink } from '../testing/FakeLink.ts';
import { realtimeLinkContract } from '../testing/realtimeLinkContract.ts';
import type { LinkTimes } from './LinkWatch.ts';
import { watchLinks } from './WatchedLink.ts';

const settings = {
  instructions: '',
  voice: 'marin',
  tools: [],
  turnDetection: { type: 'none' },
} as const;

function setUp(connect = async (link: FakeLink, _clock: FakeClock) => link) {
  const clock = new FakeClock();
  const seen: unknown[] = [];
  const times: LinkTimes = {
    connected: (...of) => void seen.push(['connected', ...of]),
    confirmed: (...of) => void seen.push(['confirmed', ...of]),
    firstAudio: (...of) => void seen.push(['firstAudio', ...of]),
    responded: (...of) => void seen.push(['responded', ...of]),
  };
  const fake = new FakeLink();
  const links = watchLinks(() => connect(fake, clock), { clock, times });
  const giveUp = new AbortController();
  return { clock, seen, fake, giveUp, open: () => links(settings, giveUp.signal) };
}

realtimeLinkContract('one that is watched', async () => {
  const { fake, open } = setUp();
  let pump = setImmediate(function tick() {
    fake.deliver();
    if (!fake.closed) pump = setImmediate(tick);
  });
  const link = await open();
  return {
    link,
    speech: new Int16Array(24_000).fill(8_000),
    close: () => {
      clearImmediate(pump);
      link.close('The test is over.');
    },
  };
});

test('an attempt to connect is timed, whatever comes of it', async () => {
  for (const [outcome, aborted] of [
    ['refused', false],
    ['given-up', true],
  ] as const) {
    const { open, seen, giveUp } = setUp(async (_link, clock) => {
      clock.turn(70);
      if (aborted) giveUp.abort();
      throw new Error('No.');
    });
    await expect(open()).rejects.toThrow('No.');
    expect(seen).toEqual([['connected', outcome, 70]]);
  }
  const { open, seen } = setUp(async (link, clock) => {
    clock.turn(30);
    return link;
  });
  await open();
  expect(seen).toEqual([['connected', 'ok', 30]]);
});

test('an answer is timed from its asking, and its first sound also from the end of what it answers', async () => {
  const { clock, seen, fake, open } = setUp();
  const link = await open();
  seen.length = 0;
  fake.say('speechStopped', { itemId: 'a', atMs: 900 });
  clock.turn(100);
  // The same turn; it had ended before.
  fake.say('committed', { itemId: 'a' });
  clock.turn(200);
  link.createResponse();
  clock.turn(50);
  fake.deliver();
  clock.turn(150);
  fake.deliverAll();
  expect(seen).toEqual([
    ['confirmed', 50],
    ['firstAudio', 'asked', 200],
    ['firstAudio', 'speech-end', 500],
    ['responded', 'completed', 200],
  ]);
  seen.length = 0;
  // To what was typed.
  link.createResponse();
  fake.deliverAll();
  expect(seen).toEqual([
    ['confirmed', 0],
    ['firstAudio', 'asked', 0],
    ['responded', 'completed', 0],
  ]);
});

test('what another response does, a refusal and a lost link are told apart', async () => {
  const { seen, fake, open } = setUp();
  const link = await open();
  seen.length = 0;
  fake.say('responseCreated', { responseId: 'foreign' });
  link.createResponse();
  fake.say('rejected', { code: ALREADY_ACTIVE, message: '', causedBy: 'response' });
  fake.say('responseDone', {
    responseId: 'foreign',
    status: 'completed',
    error: undefined,
    usage: undefined,
  });
  expect(seen).toEqual([]);
  fake.forget();
  link.createResponse();
  fake.say('rejected', { code: 'server_error', message: '', causedBy: 'response' });
  expect(seen).toEqual([['responded', 'failed', 0]]);
  seen.length = 0;
  fake.forget();
  link.createResponse();
  fake.deliver();
  fake.lose();
  fake.say('rejected', { code: 'late', message: '', causedBy: 'response' });
  expect(seen).toEqual([
    ['confirmed', 0],
    ['responded', 'lost', 0],
  ]);
});
