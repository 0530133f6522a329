import { clipSamples } from '@parley/simulator/speech/clips';
import type { EventData, SessionId } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rmsDbov } from '../support/audio/level.ts';
import { untilHeard } from '../support/audio/heard.ts';
import { RATE, repeated } from '../support/audio/voices.ts';
import type { Ear } from '../support/browser/Ear.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { HubApi } from '../support/HubApi.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

/** Waits until a second of silence came out, and gives what was still heard before it, in seconds. */
async function untilSilent(ear: Ear): Promise<number> {
  await ear.forget();
  return until(
    'a second of silence',
    async () => {
      const heard = await ear.heard();
      return heard.length >= RATE && rmsDbov(heard.subarray(-RATE)) < -60 && heard.length / RATE - 1;
    },
    { everyMs: 100, withinMs: 10_000 },
  );
}

/** About 17 seconds: time enough to be interrupted. */
const LONG = 'I am the simulated voice of this room. Please go on, I am listening. '.repeat(3).trim();

const browsers: TestBrowser[] = [];
beforeAll(async () => {
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  browsers.push(
    await launchBrowser({ microphone: await repeated('anna', 60, 0) }),
    await launchBrowser({ microphone: new Int16Array(RATE), context: phone }),
  );
});
afterAll(() => Promise.all(browsers.map((browser) => browser.close())));

describe.each(['websocket', 'webrtc'])('the conversation, the provider reached by %s', (transport) => {
  let stack: Stack;
  let hub: HubApi;
  let anna: RoomPage;
  let ben: RoomPage;
  let id: SessionId;

  beforeAll(async () => {
    stack = await startStack({
      web: true,
      mixerEnv: { PROVIDER_TRANSPORT: transport },
      scenario: {
        replies: [
          { when: { contains: 'a long story' }, reply: { say: LONG } },
          { when: {}, reply: { say: 'twenty-one' } },
        ],
      },
    });
    hub = new HubApi(stack.url);
    const pages = await Promise.all(browsers.map((browser) => browser.anew()));
    [anna, ben] = pages.map((page) => new RoomPage(page)) as [RoomPage, RoomPage];
    id = await anna.create(stack.url);
    await anna.join('Anna');
    await ben.openById(stack.url, id);
    await ben.join('Ben');
  });
  afterAll(async () => {
    // Nobody is left who would miss the hub.
    for (const room of [anna, ben]) await room?.page.goto('about:blank');
    await stack?.close();
  });

  /** How the turns are answered is decided before any provider is asked. */
  const everyMode = test.skipIf(transport === 'webrtc');

  const turns = async () =>
    (await hub.events(id, { type: 'turn:completed' })).map(({ data }) => data as EventData<'turn:completed'>);
  const replies = async () =>
    (await hub.events(id, { type: 'reply:completed' })).map(
      ({ data }) => data as EventData<'reply:completed'>,
    );
  const quiet = () =>
    until('the assistant to be silent', async () => (await anna.assistantPhase()) === 'listening');
  const wait = (ms: number) => anna.page.waitForTimeout(ms);
  /** Anna, who is muted, says something of this length; returns the turn that it became. */
  const speak = async (ms: number) => {
    const before = (await turns()).length;
    await anna.toggleMute();
    await wait(ms);
    await anna.toggleMute();
    return until('the turn', async () => (await turns())[before]);
  };

  test('whoever spoke is answered, and named', async () => {
    await wait(2_500);
    await anna.toggleMute();
    for (const page of [anna, ben]) {
      await page.said('user', /Anna.*speech/);
      await page.said('assistant', /\w{3}/);
    }
    for (const turn of await turns())
      expect(turn).toMatchObject({ speakers: [{ name: 'Anna', share: 1 }], answer: 'asked' });
    await quiet();
  });

  test('who speaks over the assistant silences it for everybody', async () => {
    const ears = await Promise.all([anna.listen('assistant'), ben.listen('assistant')]);
    const before = (await replies()).length;
    await ben.sendText('Tell a long story');
    await Promise.all(
      ears.map((ear) =>
        untilHeard('the story', ear, [clipSamples('bright', 'i-am-simulated').subarray(0, RATE)]),
      ),
    );
    await anna.toggleMute();
    const cut = await until('the cut', async () => (await replies())[before]);
    // The story would go on for a quarter of a minute, and has no pause as long as this.
    const lateS = await Promise.all(ears.map(untilSilent));
    await anna.toggleMute();
    expect(cut).toMatchObject({ status: 'cancelled' });
    expect(cut.heardMs).toBeLessThan(cut.audioMs);
    for (const page of [anna, ben]) await page.seesElement('reply-cut');
    report(`interrupted by ${transport}`, {
      'heard ms': cut.heardMs,
      'of ms': cut.audioMs,
      'silent after s': lateS.map((seconds) => seconds.toFixed(1)).join(' and '),
    });
    await until('the answer to what was said', async () => (await replies()).length > before + 1);
    await quiet();
  });

  everyMode('addressed: only what has its name in it is answered', async () => {
    await anna.configure({ answer: 'addressed' });
    await ben.sees('Answers to its name');
    // No follow-up window after its last answer.
    await hub.configure(id, { followUpMs: 0 });
    expect((await speak(2_000)).answer).toBe('not-addressed');
    for (const page of [anna, ben])
      await page.seesElement('turn-unanswered', { 'data-why': 'not-addressed' });
    // The simulator's transcript of any speech has this word in it.
    await anna.configure({ wakeNames: 'speech' });
    const before = (await replies()).length;
    expect((await speak(2_000)).answer).toBe('asked');
    await until('an answer', async () => (await replies()).length > before);
    await quiet();
  });

  everyMode('push-to-talk: what is said while the button is held', async () => {
    await anna.configure({ answer: 'push-to-talk' });
    await ben.seesElement('talk-button');
    const annaAtBen = { participantId: await ben.participant('Anna') };
    const before = (await turns()).length;
    const told = async () => (await stack.provider.latest()).inputMs;
    const toldMs = await told();
    await anna.toggleMute();
    await until('her voice in the room', async () => (await ben.level(annaAtBen)) > -50);
    await wait(1_000);
    // What she says before is not in it.
    expect(await told()).toBe(toldMs);
    await anna.page.keyboard.down('Space');
    await anna.seesElement('talk-button', { 'data-state': 'talking' });
    await wait(2_000);
    await anna.page.keyboard.up('Space');
    const turn = await until('the turn', async () => (await turns())[before]);
    expect(turn).toMatchObject({ answer: 'asked', speakers: [{ name: 'Anna' }] });
    await anna.toggleMute();
    await until('an answer', async () => (await replies()).length > 0);
    await quiet();
  });

  everyMode('scribe: written down, never answered', async () => {
    await anna.configure({ answer: 'scribe' });
    await ben.sees('Only listens');
    const before = (await replies()).length;
    expect((await speak(2_000)).answer).toBe('scribe');
    await ben.seesElement('turn-unanswered', { 'data-why': 'scribe' });
    expect(await replies()).toHaveLength(before);
  });

  everyMode('a cost limit pauses the assistant, not the room, until it is raised', async () => {
    await anna.configure({ answer: 'always', costLimit: '0.001' });
    for (const page of [anna, ben]) await page.seesElement('banner-paused');
    expect((await speak(1_500)).answer).toBe('paused');
    const before = (await replies()).length;
    await anna.configure({ costLimit: '' });
    await until('the assistant to be back', async () => (await ben.assistantPhase()) === 'listening');
    expect(await ben.count('banner-paused')).toBe(0);
    await ben.sendText('Are you there?');
    await until('an answer', async () => (await replies()).length > before);
  });

  test('nothing is missing from the timeline, nothing twice', async () => {
    const events = await hub.events(id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const items = [...(await turns()), ...(await replies())].map(({ itemId }) => itemId);
    expect(new Set(items).size).toBe(items.length);
    for (const { errors } of browsers) expect(errors).toEqual([]);
  });
});
