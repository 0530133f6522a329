import { afterEach, beforeEach, expect, test } from 'vitest';
import { RELATED } from '../support/audio/follow.ts';
import { untilHeard, untilVoice } from '../support/audio/heard.ts';
import { RATE, speech } from '../support/audio/voices.ts';
import { report } from '../support/report.ts';
import { until } from '../support/until.ts';
import { DevicePeer } from './support/DevicePeer.ts';
import { TestMixer, type TestRoom } from './support/startMixer.ts';

let mixer: TestMixer;
let room: TestRoom;
let devices: DevicePeer[] = [];

beforeEach(async () => {
  mixer = await TestMixer.start({ workers: 2, participantsPerWorker: 1 });
  room = await mixer.openRoom();
  devices = [];
});
afterEach(async () => {
  await Promise.all(devices.map((device) => device.close()));
  await mixer.close();
});

async function device(name: string): Promise<DevicePeer> {
  const made = await DevicePeer.join(room, name);
  devices.push(made);
  return made;
}
/** Each worker has a port of its own. */
const sameWorker = (a: DevicePeer, b: DevicePeer) =>
  a.candidates.some(({ port }) => b.candidates.some((other) => other.port === port));

test('M29 a room over two workers: both hear each other, both hear the assistant, which hears one mix', async () => {
  const [anna, ben] = [await device('Anna'), await device('Ben')];
  const [chloe, david] = [await device('Chloe'), await device('David')];
  expect(sameWorker(anna, ben)).toBe(false);
  await anna.hear(ben.producerId);
  await ben.hear(anna.producerId);
  const { assistantProducerId = '' } = anna.last('room:state') ?? {};
  expect(ben.last('room:state')?.assistantProducerId).toBe(assistantProducerId);
  await chloe.hear(assistantProducerId);
  await david.hear(assistantProducerId);
  expect(sameWorker(chloe, david)).toBe(false);

  anna.speaker.say(await speech('anna'));
  ben.speaker.say(await speech('ben'));
  const reply = await speech('chloe');
  for (let at = 0; at + 480 <= 3 * RATE; at += 480) room.assistant.output.push(reply.subarray(at, at + 480));
  room.assistant.become({ phase: 'speaking' });
  const mix = { heard: () => room.assistant.recording() };
  const forwarded = { likeness: 0.8 };
  const piece = [reply.subarray(RATE, 1.5 * RATE)];
  report('a room over two workers', {
    annaInMix: (await untilVoice('anna', mix, { likeness: RELATED })).score,
    benInMix: (await untilVoice('ben', mix, { likeness: RELATED })).score,
    annaAtBen: (await untilVoice('anna', ben.listener, forwarded)).score,
    benAtAnna: (await untilVoice('ben', anna.listener, forwarded)).score,
    replyInFirstWing: (await untilHeard('the reply', chloe.listener, piece, forwarded)).score,
    replyInSecondWing: (await untilHeard('the reply', david.listener, piece, forwarded)).score,
  });
});

test('M29 mute, leave and messages reach across', async () => {
  const [anna, ben] = [await device('Anna'), await device('Ben')];
  await anna.hear(ben.producerId);
  await ben.hear(anna.producerId);
  ben.say({ type: 'text:send', id: 'ok', text: 'Hello' });
  await until('the text', () => room.assistant.texts.some(({ id }) => id === 'ok'));
  anna.speaker.say(await speech('anna'));
  await until('Anna’s level at Ben', () => anna.participantId in (ben.last('levels')?.participants ?? {}));
  await room.mute(anna.participantId, true);
  await until('her mute', () =>
    ben
      .last('room:state')
      ?.sources.some(({ participantId, muted }) => participantId === anna.participantId && muted),
  );
  await room.leave(anna.participantId);
  await until('her leaving', () => ben.last('room:state')?.sources.length === 1);
});

test('M20 a room is lost with any of its workers', async () => {
  await device('Anna');
  await device('Ben');
  const [, second = 0] = mixer.media.pids;
  process.kill(second, 'SIGKILL');
  await until('the room to close', () => mixer.closed.length > 0);
  expect(mixer.closed).toEqual(['worker-died']);
});
