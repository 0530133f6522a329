import type { EventData, EventType } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow, RELATED } from '../support/audio/follow.ts';
import { inStepWith, RATE, repeated } from '../support/audio/voices.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { HubApi } from '../support/HubApi.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

const SEAMS = 2;
/** Long enough to end a turn: some seams find a silence, some do not. */
const PAUSE_MS = 900;

let stack: Stack;
const browsers: TestBrowser[] = [];
beforeAll(async () => {
  stack = await startStack({ web: true, simulatorEnv: { SIMULATOR_SESSION_SECONDS: '14' } });
  browsers.push(
    await launchBrowser({ microphone: await repeated('anna', 120, PAUSE_MS) }),
    await launchBrowser({ microphone: new Int16Array(RATE) }),
  );
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await stack?.close();
});

test('a room outlives its provider links while somebody talks: nobody notices but the timeline', async () => {
  const hub = new HubApi(stack.url);
  const [anna, ben] = browsers.map(({ page }) => new RoomPage(page));
  if (!anna || !ben) throw new Error('Two browsers were wanted');
  const id = await anna.create(stack.url);
  await ben.openById(stack.url, id);
  await ben.join('Ben');
  await ben.sendText('My name is Ben.');
  await anna.join('Anna');
  const ear = await ben.listen({ participantId: await ben.participant('Anna') });
  const connections = () => stack.provider.connections();
  await until(`${SEAMS} seams`, async () => (await ben.count('transcript-seam')) >= SEAMS, {
    withinMs: 150_000,
    everyMs: 500,
  });
  const heard = (await ear.heard()).subarray(2 * RATE);
  await anna.toggleMute();
  await until('the last words to be written down', async () => (await ben.assistantPhase()) === 'listening');
  const events = await hub.events(id);
  const data = <Type extends EventType>(type: Type) =>
    events.filter((event) => event.type === type).map((event) => event.data as EventData<Type>);
  const turns = data('turn:completed').toSorted((a, b) => a.startMs - b.startMs);
  const replies = data('reply:completed');
  const seams = data('assistant:rolled-over');
  const voice = follow(await inStepWith(heard, 'anna', PAUSE_MS), heard, RATE, { pieceMs: 2_000, lagMs: 0 });
  report('seams under speech', {
    links: (await connections()).length,
    seams: seams.length,
    turns: turns.length,
    replies: replies.length,
    'Anna at Ben': voice.score,
    'largest jump ms': voice.jitterMs,
  });
  for (const seam of seams) expect(seam).toMatchObject({ reason: 'age', gapMs: 0 });
  for (const [index, { startMs, failure, speakers, text }] of turns.entries()) {
    expect(failure).toBeNull();
    expect(text).toMatch(/speech/);
    expect(speakers).toMatchObject([{ name: 'Anna' }]);
    // No word is in two turns.
    expect(startMs).toBeGreaterThanOrEqual((turns[index - 1]?.endMs ?? 0) - 40);
  }
  const items = [...turns, ...replies].map(({ itemId }) => itemId);
  expect(new Set(items).size).toBe(items.length);
  expect(voice.score).toBeGreaterThan(RELATED);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(data('error:raised')).toEqual([]);
  const told = (await stack.provider.received((await stack.provider.latest()).id))
    .filter(({ event }) => event['type'] === 'conversation.item.create')
    .map(({ event }) => JSON.stringify(event['item']));
  expect(told.filter((item) => item.includes('My name is Ben.'))).toHaveLength(1);
});
