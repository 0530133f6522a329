import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventData, EventType, SessionId } from '@parley/contract';
import { clipSamples } from '@parley/simulator/speech/clips';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilHeard } from '../support/audio/heard.ts';
import { rmsDbov } from '../support/audio/level.ts';
import { RATE, repeated } from '../support/audio/voices.ts';
import { JobPage } from '../support/browser/JobPage.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { HubApi } from '../support/HubApi.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

/** The model takes its time before its last words, so that somebody can begin to talk. */
const THINKS_MS = 6_000;
const DONE = 'I have written **hello.md**, with a greeting in it.';

let stack: Stack;
let hub: HubApi;
let dataDir: string;
const browsers: TestBrowser[] = [];
let anna: RoomPage;
let ben: RoomPage;
let id: SessionId;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-test-code-'));
  stack = await startStack({
    web: true,
    tools: 1,
    toolsEnv: { DATA_DIR: dataDir },
    scenario: {
      models: [{ when: { api: 'messages', round: 3 }, reply: { text: DONE, delayMs: THINKS_MS } }],
    },
  });
  hub = new HubApi(stack.url);
  browsers.push(
    await launchBrowser({ microphone: new Int16Array(RATE) }),
    await launchBrowser({ microphone: await repeated('ben', 60, 0) }),
  );
  [anna, ben] = browsers.map(({ page }) => new RoomPage(page)) as [RoomPage, RoomPage];
  id = await anna.create(stack.url);
  await anna.join('Anna');
  await anna.configure({ answer: 'addressed' });
  await ben.openById(stack.url, id);
  await ben.join('Ben');
  await ben.toggleMute();
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await stack?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const facts = async <Type extends EventType>(type: Type) =>
  (await hub.events(id, { type })).map(({ at, data }) => ({ at, ...(data as EventData<Type>) }));

test('a coding agent changes a file: its steps and the diff in the page, its result after who talks', async () => {
  await anna.sendText('Use code to write a greeting into hello.md');
  const jobs = new JobPage(anna.page);
  await jobs.sees(1, 'running');
  await anna.said('assistant', 'The work has started.');
  await anna.seesElement('job-diff');
  await ben.seesElement('job-diff');
  await until('the assistant to be silent', async () => (await anna.assistantPhase()) === 'listening');
  const ear = await anna.listen('assistant');
  await ben.toggleMute();
  const end = await until('the end', async () => (await facts('job:finished'))[0]);
  await ear.forget();
  await anna.page.waitForTimeout(3_000);
  const meanwhile = rmsDbov(await ear.heard());
  await ben.toggleMute();
  const mutedAt = Date.now();
  await untilHeard('the result to be told', ear, [clipSamples('bright', 'tool-finished').subarray(0, RATE)]);
  const told = await until('the reply', async () =>
    (await facts('reply:completed')).find(({ text }) => text.includes('has finished')),
  );
  report('a coding agent in a room', {
    steps: (await facts('job:progressed')).length,
    'took ms': end.durationMs,
    'ended before the talk did, ms': mutedAt - end.at,
    'level meanwhile, dBov': meanwhile.toFixed(0),
    'heard to its end after the talk, ms': told.at - mutedAt,
  });
  expect(end).toMatchObject({
    outcome: 'completed',
    text: DONE,
    files: [{ path: 'hello.md', change: 'added' }],
    artifacts: expect.arrayContaining(['patch', 'zip']) as string[],
  });
  expect(end.at).toBeLessThan(mutedAt);
  expect(meanwhile).toBeLessThan(-60);
  expect(told.at - told.audioMs).toBeGreaterThan(mutedAt);
  // Markdown is shown as what it means.
  await anna.page.locator('[data-testid="job-result"] strong', { hasText: 'hello.md' }).waitFor();
  const file = await readFile(join(dataDir, 'workspaces', id, 'files', 'hello.md'), 'utf8');
  const added = anna.page.locator('[data-diff="added"]');
  expect(await added.first().innerText()).toContain(file.split('\n')[0] ?? '-');
});

test('what came of it can be fetched', async () => {
  const [download] = await Promise.all([anna.page.waitForEvent('download'), anna.press('job-patch')]);
  const patch = await readFile(await download.path(), 'utf8');
  expect(patch).toContain('+++ b/hello.md');
});

test('everything is there again after a reload', async () => {
  await anna.page.reload();
  await anna.isInside();
  await new JobPage(anna.page).sees(1, 'completed');
  await anna.seesElement('job-diff');
  await anna.press('job-all-steps');
  expect(await anna.count('job-step')).toBe((await facts('job:progressed')).length);
  for (const { errors } of browsers) expect(errors).toEqual([]);
});
