import type { ParticipantId, SessionEvent, SessionId } from '@parley/contract';
import { clipSamples } from '@parley/simulator/speech/clips';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RELATED } from '../support/audio/follow.ts';
import { untilHeard, untilVoice } from '../support/audio/heard.ts';
import { rmsDbov } from '../support/audio/level.ts';
import { RATE, repeated } from '../support/audio/voices.ts';
import type { Ear } from '../support/browser/Ear.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { readNdjson, readVtt } from '../support/exports.ts';
import { HubApi } from '../support/HubApi.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

/** The assistant's answer to everything: about five seconds in the voice `marin`. */
const REPLY = 'I am the simulated voice of this room. Please go on, I am listening.';
const REPLY_CLIPS = ['i-am-simulated', 'go-on'] as const;

const BENS_PAUSE_MS = 4_000;

let stack: Stack;
let hub: HubApi;
const browsers: TestBrowser[] = [];
let anna: RoomPage;
let ben: RoomPage;
let sessionId: SessionId;
let annaId: ParticipantId;
let benId: ParticipantId;

beforeAll(async () => {
  stack = await startStack({ web: true, scenario: { replies: [{ when: {}, reply: { say: REPLY } }] } });
  hub = new HubApi(stack.url);
  // Different voices, different pauses: now one speaks, now the other, now both, now nobody.
  const microphones = [await repeated('anna', 60, 6_000), await repeated('ben', 61, BENS_PAUSE_MS)];
  browsers.push(...(await Promise.all(microphones.map((microphone) => launchBrowser({ microphone })))));
  const [first, second] = browsers;
  if (!first || !second) throw new Error('Two browsers were wanted');
  anna = new RoomPage(first.page);
  ben = new RoomPage(second.page);
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await stack?.close();
});

let toggles = 0;
/** Mutes or unmutes, and waits for the fact. */
async function toggle(page: RoomPage): Promise<void> {
  await page.toggleMute();
  toggles += 1;
  await until(
    'the fact',
    async () => (await hub.events(sessionId, { type: 'participant:muted' })).length === toggles,
  );
}

/** Names of all who were found to have spoken in a turn. */
async function speakersSoFar(): Promise<Set<string>> {
  const turns = await hub.events(sessionId, { type: 'turn:completed' });
  return new Set(
    turns.flatMap((event) =>
      event.type === 'turn:completed' ? event.data.speakers.map(({ name }) => name) : [],
    ),
  );
}

test('a session made in one window is joined in another by its ID', async () => {
  const begun = performance.now();
  sessionId = await anna.create(stack.url);
  await anna.join('Anna');
  await ben.openById(stack.url, sessionId);
  await ben.join('Ben');
  [annaId, benId] = [await ben.participant('Anna'), await anna.participant('Ben')];
  expect(await anna.participantCount()).toBe(2);
  expect(await ben.participantCount()).toBe(2);
  report('join', { session: sessionId, 'both in the room after ms': performance.now() - begun });
});

test('each hears the other', async () => {
  const [earOfAnna, earOfBen] = await Promise.all([
    anna.listen({ participantId: benId }),
    ben.listen({ participantId: annaId }),
  ]);
  const [annaHears, benHears] = await Promise.all([
    untilVoice('ben', earOfAnna),
    untilVoice('anna', earOfBen),
  ]);
  report('each hears the other', {
    'Anna hears Ben': annaHears.score,
    'Ben hears Anna': benHears.score,
    'absent voice': Math.max(annaHears.absent, benHears.absent),
  });
  expect(annaHears.absent).toBeLessThan(0.35);
  expect(benHears.absent).toBeLessThan(0.35);
});

test('levels move with the voices', async () => {
  const loud = (page: RoomPage, id: ParticipantId) =>
    until('a voice in the bars', async () => (await page.level({ participantId: id })) > -45);
  const quiet = (page: RoomPage, id: ParticipantId) =>
    until('the bars to fall', async () => (await page.level({ participantId: id })) < -70);
  for (const [page, id] of [
    [anna, benId],
    [ben, annaId],
    [anna, annaId],
  ] as const) {
    await loud(page, id);
    await quiet(page, id);
  }
});

test('mute silences at the other side', async () => {
  const ear = await anna.listen({ participantId: benId });
  await untilVoice('ben', ear);
  await toggle(ben);
  await ear.forget();
  // What was under way when he pressed the button may still arrive for a while; then no pause of his is as long.
  const silentS = BENS_PAUSE_MS / 1_000 + 2;
  await until('more than a pause of Ben', async () => (await ear.seconds()) > silentS + 2);
  const silence = rmsDbov((await ear.heard()).subarray(-silentS * RATE));
  report('mute', { 'level at the other side in dBov': silence });
  expect(silence).toBeLessThan(-75);
});

/** Anna speaks, then is quiet, so that nothing cuts the answer, however late it comes; where it breaks up, once more. */
async function untilAnswered(ears: readonly Ear[], clips: readonly Int16Array[]) {
  const turns = async () => (await hub.events(sessionId, { type: 'turn:completed' })).length;
  for (let round = 1; ; round++) {
    const before = await turns();
    if (round > 1) await toggle(anna);
    await until('a turn of Anna', async () => (await turns()) > before);
    await toggle(anna);
    try {
      return await Promise.all(
        ears.map((ear) =>
          untilHeard('the assistant to be heard', ear, clips, { withinMs: 30_000, likeness: RELATED }),
        ),
      );
    } catch (error) {
      if (round === 3) throw error;
    }
  }
}

test('both hear the assistant answer the one who speaks, and see both sides in the transcript', async () => {
  const ears = await Promise.all([anna.listen('assistant'), ben.listen('assistant')]);
  const clips = REPLY_CLIPS.map((id) => clipSamples('bright', id).subarray(0, RATE));
  const heard = await untilAnswered(ears, clips);
  for (const page of [anna, ben]) {
    await page.said('user', /speech/);
    await page.said('assistant', REPLY);
    await page.sees('Simulated voice');
  }
  report('the assistant', {
    'Anna hears it': heard[0]?.score ?? 0,
    'Ben hears it': heard[1]?.score ?? 0,
    'absent voice': heard[0]?.absent ?? 0,
  });
  for (const { absent } of heard) expect(absent).toBeLessThan(RELATED);
});

test('typed text is seen by both and answered', async () => {
  await until('the assistant to be silent', async () => (await anna.assistantPhase()) === 'listening');
  const answers = async () => (await ben.transcript()).filter(({ role }) => role === 'assistant').length;
  const before = await answers();
  const begun = performance.now();
  await anna.sendText('Is anybody writing?');
  await ben.said('user', 'Is anybody writing?');
  const seenMs = performance.now() - begun;
  await until('an answer', async () => (await answers()) > before);
  const answeredMs = performance.now() - begun;
  report('typed text', { 'seen by the other after ms': seenMs, 'answer begins after ms': answeredMs });
});

test('after mute is lifted each is heard again', async () => {
  const ears = await Promise.all([
    anna.listen({ participantId: benId }),
    ben.listen({ participantId: annaId }),
  ]);
  await toggle(anna);
  await toggle(ben);
  const [benAgain, annaAgain] = await Promise.all([untilVoice('ben', ears[0]), untilVoice('anna', ears[1])]);
  report('mute lifted', { 'Ben again': benAgain.score, 'Anna again': annaAgain.score });
  await until('both to be in one turn or in two', async () => (await speakersSoFar()).size === 2, {
    everyMs: 500,
  });
});

test('leaving is seen by the other, ending shows the timeline', async () => {
  await ben.leave();
  await until('Ben to be gone from the page of Anna', async () => (await anna.participantCount()) === 1);
  await anna.end();
  await until('the session to be over', async () => (await hub.session(sessionId)).state === 'ended');
  await anna.sees('Is anybody writing?');
});

test('afterwards every fact is there once, in order, without a gap', async () => {
  const events = await hub.events(sessionId);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const count = (type: SessionEvent['type']) => events.filter((event) => event.type === type).length;
  const once = { 'session:created': 1, 'session:ended': 1, 'text:sent': 1, 'assistant:connected': 1 };
  for (const [type, times] of Object.entries(once))
    expect([type, count(type as SessionEvent['type'])]).toEqual([type, times]);
  expect(count('participant:joined')).toBe(2);
  expect(count('participant:left')).toBe(2);
  expect(count('participant:muted')).toBe(toggles);
  expect(count('turn:completed')).toBeGreaterThan(0);
  expect(count('reply:completed')).toBeGreaterThan(0);
  expect(count('error:raised')).toBe(0);
  expect(events[0]?.type).toBe('session:created');
  expect(events.at(-1)?.type).toBe('session:ended');
  expect(await speakersSoFar()).toEqual(new Set(['Anna', 'Ben']));
  report('events', {
    total: events.length,
    turns: count('turn:completed'),
    replies: count('reply:completed'),
  });
});

test('each export opens', async () => {
  const events = await hub.events(sessionId);
  const [json, ndjson, md, vtt] = await Promise.all(
    (['json', 'ndjson', 'md', 'vtt'] as const).map((format) => hub.export(sessionId, format)),
  );
  expect(JSON.stringify(JSON.parse(json?.text ?? ''))).toContain('Is anybody writing?');
  expect(readNdjson(ndjson?.text ?? '')).toHaveLength(events.length);
  expect(md?.text).toMatch(/^# /);
  for (const words of ['Anna', 'Ben', 'Is anybody writing?']) expect(md?.text).toContain(words);
  const cues = readVtt(vtt?.text ?? '');
  expect(cues.length).toBeGreaterThan(1);
  expect([json, ndjson, md, vtt].map((file) => file?.type.split(';')[0])).toEqual([
    'application/json',
    'application/x-ndjson',
    'text/markdown',
    'text/vtt',
  ]);
  report('exports', { events: events.length, cues: cues.length, 'markdown bytes': md?.text.length ?? 0 });
});

test('no window reported an error, no service complained', () => {
  expect(browsers.flatMap(({ errors }) => errors)).toEqual([]);
  expect(stack.complaints()).toEqual([]);
});
