import { silentLog } from '@parley/kit/log';
import { Front } from '@parley/launcher/front/Front';
import type { ParticipantId, SessionId } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow, RELATED } from '../support/audio/follow.ts';
import { untilVoice } from '../support/audio/heard.ts';
import { inStepWith, RATE, repeated } from '../support/audio/voices.ts';
import type { Ear } from '../support/browser/Ear.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { HubApi } from '../support/HubApi.ts';
import { portOfOurs } from '../support/ports.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

/** Talking on and on: any interruption falls into words. */
const PAUSE_MS = 300;
const RECORDED_S = 12;

let stack: Stack;
let front: Front;
let url: string;
const browsers: TestBrowser[] = [];
let anna: RoomPage;
let ben: RoomPage;
let annaId: ParticipantId;
let sessionId: SessionId;
let ear: Ear;

beforeAll(async () => {
  stack = await startStack({ web: true, hubs: 2 });
  const port = await portOfOurs();
  front = await Front.open({ host: '127.0.0.1', port, hubs: stack.hubUrls, log: silentLog });
  url = `http://127.0.0.1:${port}`;
  for (const microphone of [await repeated('anna', 120, PAUSE_MS), await repeated('ben', 120, 4_000)])
    browsers.push(await launchBrowser({ microphone }));
  [anna, ben] = browsers.map(({ page }) => new RoomPage(page)) as [RoomPage, RoomPage];
  sessionId = await anna.create(url);
  await anna.join('Anna');
  await ben.openById(url, sessionId);
  await ben.join('Ben');
  annaId = await ben.participant('Anna');
  ear = await ben.listen({ participantId: annaId });
  await untilVoice('anna', ear);
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await front?.close();
  await stack?.close();
});

const bothAre = async (state: string) => {
  for (const page of [anna, ben])
    await until(`the page to be ${state}`, async () => (await page.link()) === state);
};

/** Does something to the hubs, and judges what Ben hears of Anna meanwhile: every packet, and her words. */
async function hearsAll(what: string, meanwhile: () => Promise<void>): Promise<void> {
  await ear.forget();
  const [sent, before] = [await anna.packetsSent(), await ear.packets()];
  const began = performance.now();
  await meanwhile();
  const tookMs = performance.now() - began;
  await until(`${RECORDED_S} s of Anna`, async () => (await ear.seconds()) > RECORDED_S);
  const [after, sentMore] = [await ear.packets(), (await anna.packetsSent()) - sent];
  const heard = await ear.heard();
  const track = follow(await inStepWith(heard, 'anna', PAUSE_MS), heard, RATE, { lagMs: 0 });
  const received = after.received - before.received;
  report(what, {
    'took ms': tookMs,
    'packets sent': sentMore,
    received,
    lost: after.lost - before.lost,
    'voice meanwhile': track.score,
    'largest jump in it ms': track.jitterMs,
  });
  // The same track goes on: nothing was negotiated anew. How far the browser's jitter buffer moved meanwhile, and how
  // much it stretched, depends on the machine's load: told only.
  expect(received).toBeGreaterThan(sentMore * 0.9);
  expect(track.score).toBeGreaterThan(RELATED);
}

test('killed hubs interrupt no word, and the page comes back by itself', async () => {
  const hub = new HubApi(url);
  await hearsAll('without any hub', async () => {
    await Promise.all(stack.hubs.map((each) => each.kill()));
    await until('the page to notice', async () => (await ben.link()) !== 'live');
    await ben.seesElement('banner-link');
    await until('some seconds without a hub', async () => (await ear.seconds()) > RECORDED_S - 2);
  });
  const started = performance.now();
  await Promise.all(stack.hubs.map((each) => each.start()));
  await bothAre('live');
  report('hubs again', { 'back after ms': performance.now() - started });
  await ben.toggleMute();
  await until('a command to work again', async () => {
    const muted = await hub.events(sessionId, { type: 'participant:muted' });
    return muted.length === 1;
  });
  expect(await anna.participantCount()).toBe(2);
  await ben.sendText('And we are back.');
  await anna.said('user', 'And we are back.');
});

test('all hubs are restarted under a live session: nobody’s sound stops, nobody is lost, no fact is missing', async () => {
  await hearsAll('a rolling restart', async () => {
    for (const hub of stack.hubs) {
      expect(await hub.stop()).toBe(0);
      await bothAre('live');
      await hub.start();
    }
  });
  await bothAre('live');
  for (const page of [anna, ben]) {
    expect(await page.media()).toBe('up');
    expect(await page.participantCount()).toBe(2);
  }
  await ben.sendText('Still here.');
  await anna.said('user', 'Still here.');
  const events = await new HubApi(url).events(sessionId);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => type === 'participant:left')).toEqual([]);
});
