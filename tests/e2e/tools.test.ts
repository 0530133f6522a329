import type { EventData, EventType, SessionId } from '@parley/contract';
import { clipSamples } from '@parley/simulator/speech/clips';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

/** How the simulator tells what became of a job. */
const TOLD = /^(The tool has (finished|failed)\..*|It is in the transcript for everybody\.)$/;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** An owner at a laptop, who types, and a speaker with a phone, who talks without a pause unless muted. */
describe('jobs of a room', () => {
  let stack: Stack;
  let hub: HubApi;
  const browsers: TestBrowser[] = [];
  let anna: RoomPage;
  let ben: RoomPage;
  let jobsOfAnna: JobPage;
  let jobsOfBen: JobPage;
  let id: SessionId;

  beforeAll(async () => {
    stack = await startStack({
      web: true,
      tools: { scripted: 1 },
      toolsEnv: { APPROVAL_TIMEOUT_MS: '30000' },
    });
    hub = new HubApi(stack.url);
    browsers.push(
      await launchBrowser({ microphone: new Int16Array(RATE) }),
      await launchBrowser({ microphone: await repeated('ben', 60, 0), context: PHONE }),
    );
    [anna, ben] = browsers.map(({ page }) => new RoomPage(page)) as [RoomPage, RoomPage];
    [jobsOfAnna, jobsOfBen] = [new JobPage(anna.page), new JobPage(ben.page)];
    id = await anna.create(stack.url);
    await anna.join('Anna');
    // Whatever is said here is not meant for the assistant; what is typed is.
    await anna.configure({ answer: 'addressed' });
    await ben.openById(stack.url, id);
    await ben.join('Ben');
    await ben.toggleMute();
  });
  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await stack?.close();
  });

  const facts = async <Type extends EventType>(type: Type) =>
    (await hub.events(id, { type })).map(({ at, data }) => ({ at, ...(data as EventData<Type>) }));
  const endOf = (number: number) =>
    until(`the end of job ${number}`, async () =>
      (await facts('job:finished')).find((end) => end.number === number),
    );
  /** Everything that was owed is said. */
  const quiet = () =>
    until('all results to be told', async () => {
      const ends = await facts('job:finished');
      const told = (await facts('reply:completed')).filter(({ text }) => TOLD.test(text));
      return told.length >= ends.length && (await anna.assistantPhase()) === 'listening';
    });

  test('a request becomes a card with live progress; the result waits for whoever talks', async () => {
    await anna.sendText('Please ask the team to step wait 4000 step cost 0.02 wait 1000 step finished work');
    for (const jobs of [jobsOfAnna, jobsOfBen]) {
      await jobs.sees(1, 'running');
      await jobs.seesStep(1, 'step 0');
    }
    await anna.said('assistant', 'The work has started. I will tell you when it is done.');
    await quiet();
    const ear = await anna.listen('assistant');
    await ben.toggleMute();
    const end = await endOf(1);
    expect(end).toMatchObject({ outcome: 'completed', text: 'finished work' });
    await ear.forget();
    await anna.page.waitForTimeout(4_000);
    const waiting = rmsDbov(await ear.heard());
    await ben.toggleMute();
    const mutedAt = Date.now();
    await untilHeard('the result to be told', ear, [
      clipSamples('bright', 'tool-finished').subarray(0, RATE),
    ]);
    const told = await until('the reply', async () =>
      (await facts('reply:completed')).find(({ text }) => text.includes('has finished')),
    );
    report('a result that waits', {
      'ended before the talk did, ms': mutedAt - end.at,
      'level meanwhile, dBov': waiting.toFixed(0),
      'heard to its end after the talk, ms': told.at - mutedAt,
    });
    expect(waiting).toBeLessThan(-60);
    expect(told.status).toBe('completed');
    const talk = (await facts('turn:completed')).at(-1);
    expect(talk?.speakers.map(({ name }) => name)).toEqual(['Ben']);
    // The talk was over before a word of the result.
    expect(told.at - told.audioMs).toBeGreaterThan(mutedAt);
    for (const jobs of [jobsOfAnna, jobsOfBen]) await jobs.sees(1, 'completed');
    await quiet();
  });

  test('who may not have it done asks; the owner allows it on the device', async () => {
    await ben.sendText('Use code to wait 500 allowed work');
    await ben.seesElement('ask');
    await jobsOfBen.sees(2, 'asking');
    expect(await ben.count('ask-allow')).toBe(0);
    await anna.seesElement('ask-banner');
    await anna.sees(/\d+ s left/);
    await jobsOfAnna.allow();
    expect(await endOf(2)).toMatchObject({ outcome: 'completed', text: 'allowed work' });
    expect(await facts('approval:decided')).toMatchObject([{ decision: 'approved', name: 'Anna' }]);
    for (const page of [anna, ben]) await page.sees('Allowed by Anna');
    expect(await anna.count('ask-banner')).toBe(0);
    await quiet();
  });

  test('the owner denies it', async () => {
    await ben.sendText('Use code to do harm');
    await anna.seesElement('ask-banner');
    await jobsOfAnna.deny();
    expect(await endOf(3)).toMatchObject({ outcome: 'denied' });
    for (const jobs of [jobsOfAnna, jobsOfBen]) await jobs.sees(3, 'denied');
    await quiet();
  });

  test('a running job is told more, and another one is stopped', async () => {
    await anna.sendText('Use code to steer');
    await jobsOfAnna.sees(4, 'running');
    await jobsOfAnna.steer(4, 'Also add tests');
    expect(await endOf(4)).toMatchObject({ outcome: 'completed', text: 'Also add tests' });
    await ben.sees('Also add tests');
    await quiet();
    await anna.sendText('Use code to wait 60000');
    await jobsOfAnna.sees(5, 'running');
    expect(await ben.page.locator('[data-number="5"] [data-testid="job-cancel"]').count()).toBe(0);
    const at = Date.now();
    await jobsOfAnna.cancel(5);
    expect(await endOf(5)).toMatchObject({ outcome: 'cancelled' });
    report('a job that is stopped', { 'over after ms': (await endOf(5)).at - at });
    await jobsOfBen.sees(5, 'cancelled');
    await quiet();
  });

  test('the list has all of them, and everything is there again after a reload', async () => {
    const states = ['completed', 'completed', 'denied', 'completed', 'cancelled'];
    for (const page of [anna, ben]) {
      await page.page.reload();
      await page.isInside();
      const jobs = new JobPage(page.page);
      expect(await jobs.states()).toEqual(states);
      await jobs.openList();
      expect(await jobs.listed()).toEqual([5, 4, 3, 2, 1]);
      await page.page.keyboard.press('Escape');
    }
    await anna.sees('Also add tests');
    // Nobody is muted after a reload.
    await ben.toggleMute();
  });

  test('policies of tools are the owner’s to change, at once', async () => {
    await jobsOfAnna.openSettings();
    await anna.press('code-use-speaker');
    await anna.press('save-settings');
    await until('the change', async () =>
      (await facts('session:configured')).at(-1)?.conversation.tools.code.use.includes('speaker'),
    );
    await ben.sendText('Use code to wait 100 trusted work');
    expect(await endOf(6)).toMatchObject({ outcome: 'completed', text: 'trusted work' });
    await quiet();
  });

  test('the timeline keeps them, and nothing went wrong in the pages', async () => {
    expect((await facts('job:created')).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    const calls = (await facts('tool:called')).map(({ callId }) => callId);
    expect(new Set(calls).size).toBe(calls.length);
    await anna.end();
    await anna.seesElement('jobs-index');
    expect(await jobsOfAnna.states()).toHaveLength(6);
    for (const { errors } of browsers) expect(errors).toEqual([]);
  });
});
