import { newApprovalId, type JobPayload } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JobResult, JobRun } from '../jobs/Runner.ts';
import { deskWorld } from '../testing/deskWorld.ts';
import { scriptedRunners } from '../testing/scriptedRunners.ts';
import { Runs, type RunsOptions } from './Runs.ts';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }),
);
afterEach(() => void vi.useRealTimers());

const LOOK_MS = 1_000;

/** A desk, and processes that run what it makes. */
function world(options: Partial<RunsOptions> = {}) {
  const desk = deskWorld();
  const kept: [string, number][] = [];
  const process = (more: Partial<RunsOptions> = {}) =>
    new Runs({
      runners: scriptedRunners(),
      dispatch: desk.dispatch,
      artifacts: { keep: async (_job, name, content) => void kept.push([name, content.length]) },
      limits: desk.limits,
      timeoutMs: 60_000,
      leaseMs: 5_000,
      lookMs: LOOK_MS,
      now: desk.now,
      log: silentLog,
      ...options,
      ...more,
    });
  const runs = process();
  desk.memory.onControl = (control) => runs.control(JSON.stringify(control));
  /** Makes a job and lets it begin. */
  const begin = async (task: string, kind: 'nested_team' | 'code' = 'nested_team') => {
    await desk.call(kind, { task });
    const payload = [...desk.queues.entries.values()].at(-1) as JobPayload;
    const outcome = runs.take(payload);
    await vi.advanceTimersByTimeAsync(0);
    return { payload, outcome };
  };
  return { ...desk, runs, process, begin, kept, end: () => desk.facts('job:finished').at(-1) };
}

test('T1 a job is begun, told about and ended', async () => {
  const { begin, end, kept, memory } = world();
  const { outcome } = await begin('step fine cost 2');
  await vi.advanceTimersByTimeAsync(200);
  expect(await outcome).toBe('done');
  expect(end()).toMatchObject({
    outcome: 'completed',
    text: 'fine',
    costUsd: 2,
    artifacts: ['result', 'patch', 'zip'],
  });
  expect(kept.map(([name]) => name)).toEqual(['result', 'patch', 'zip']);
  expect(memory.alive.size).toBe(0);
});

test('T10 handed out twice in one process, it is one run', async () => {
  const { begin, runs, facts } = world();
  const { payload, outcome } = await begin('wait 500 fine');
  const again = runs.take(payload);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await Promise.all([outcome, again])).toEqual(['done', 'done']);
  expect(await runs.take(payload)).toBe('done');
  expect(facts('job:started')).toHaveLength(1);
});

test('T10 another process leaves it alone while it is heard of, and takes it up when it is not', async () => {
  const { begin, process, facts, memory, end } = world();
  const { payload, outcome } = await begin('wait 20000 fine');
  const other = process();
  expect(await other.take(payload)).toBe('later');
  memory.keepAlive = async () => undefined; // its process sleeps
  memory.alive.clear();
  const taken = other.take(payload);
  await vi.advanceTimersByTimeAsync(LOOK_MS * 2);
  expect(facts('job:started').map(({ attempt }) => attempt)).toEqual([1, 2]);
  // The first finds out and stops without a word.
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(await outcome).toBe('done');
  expect(facts('job:finished')).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await taken).toBe('done');
  expect(end()).toMatchObject({ outcome: 'completed' });
});

test('T10 one that says in time that it lives keeps it, as after an outage', async () => {
  const { begin, process, memory, facts } = world();
  const { payload } = await begin('wait 20000 fine');
  memory.alive.clear();
  const taken = process().take(payload);
  await vi.advanceTimersByTimeAsync(LOOK_MS * 2);
  expect(await taken).toBe('later');
  expect(facts('job:started')).toHaveLength(1);
});

test('T10 what may not be repeated has failed; what is lost three times too', async () => {
  const { begin, process, memory, end } = world();
  memory.keepAlive = async () => undefined;
  const lose = async (payload: JobPayload) => {
    memory.alive.clear();
    const taken = process().take(payload);
    await vi.advanceTimersByTimeAsync(LOOK_MS * 2);
    return taken;
  };
  const code = await begin('wait 50000', 'code');
  await lose(code.payload);
  expect(end()).toMatchObject({
    outcome: 'failed',
    text: expect.stringContaining('It is not started again') as string,
  });
  const team = await begin('wait 50000');
  for (let lost = 0; lost < 3; lost += 1) {
    void lose(team.payload);
    await vi.advanceTimersByTimeAsync(LOOK_MS * 3);
  }
  expect(end()).toMatchObject({
    outcome: 'failed',
    text: 'The process that ran it was lost 3 times. It is not tried again.',
  });
});

test('T14 a runner that does not stop is left behind', async () => {
  const { begin, call, end } = world();
  const { outcome } = await begin('deaf');
  expect(await call('job_cancel', { job: 1 })).toEqual({ job: 1, state: 'is being stopped' });
  await vi.advanceTimersByTimeAsync(7_999);
  expect(end()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toBe('done');
  expect(end()).toMatchObject({ outcome: 'cancelled' });
});

test('T14 a cancel that the channel has lost is seen within a second', async () => {
  const { begin, call, memory, end } = world();
  memory.onControl = () => undefined;
  await begin('wait 50000');
  await call('job_cancel', { job: 1 });
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(end()).toMatchObject({ outcome: 'cancelled' });
});

test('T11 a process that stops puts back what may be repeated, and ends the rest', async () => {
  const { begin, runs, process, facts, end } = world();
  const [team, code] = [await begin('wait 50000'), await begin('wait 50000', 'code')];
  await runs.close();
  expect(await Promise.all([team.outcome, code.outcome])).toEqual(['later', 'done']);
  expect(end()).toMatchObject({
    number: 2,
    outcome: 'failed',
    text: expect.stringContaining('was stopped') as string,
  });
  expect(await runs.take(team.payload)).toBe('later');
  void process().take(team.payload);
  await vi.advanceTimersByTimeAsync(0);
  expect(facts('job:started').map(({ number, attempt }) => [number, attempt])).toEqual([
    [1, 1],
    [2, 1],
    [1, 2],
  ]);
});

test('T8 it is stopped when it takes too long, also when it then claims to be done', async () => {
  const done = async (job: JobRun): Promise<JobResult> => {
    await new Promise((resolve) => job.signal.addEventListener('abort', resolve));
    return { text: 'done after all', costUsd: null };
  };
  const { code } = scriptedRunners();
  const runners = { nested_team: { kind: 'nested_team', repeatable: true, run: done }, code } as const;
  const { begin, end } = world({ runners });
  await begin('x');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(end()).toMatchObject({ outcome: 'failed', text: 'It was stopped: it took longer than 60 seconds.' });
});

test('T7 a step that was denied is told to the runner with who said so', async () => {
  const { begin, facts, act, end } = world();
  await begin('ask');
  const approvalId = facts('approval:requested')[0]?.approvalId ?? newApprovalId();
  await act({ command: 'approval:decide', approvalId, approve: false });
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(end()).toMatchObject({ outcome: 'failed', text: 'It was not allowed. Anna said no.' });
});

test('T7 what a run has asked for is withdrawn when it ends, and asked anew by the next one', async () => {
  const { begin, runs, process, facts, act, end } = world();
  const { payload } = await begin('ask');
  await runs.close();
  void process().take(payload);
  await vi.advanceTimersByTimeAsync(0);
  expect(facts('approval:decided')).toMatchObject([{ decision: 'withdrawn' }]);
  const [first, second] = facts('approval:requested').map(({ approvalId }) => approvalId);
  expect(
    await act({ command: 'approval:decide', approvalId: first ?? newApprovalId(), approve: true }),
  ).toMatchObject({ data: { decision: 'withdrawn' } });
  await act({ command: 'approval:decide', approvalId: second ?? newApprovalId(), approve: true });
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(end()).toMatchObject({ outcome: 'completed', text: 'Anna said yes.' });
});

test('T5 what was told to a job before an attempt is told to it again', async () => {
  const { begin, runs, process, act, end } = world();
  const { payload } = await begin('wait 1000 steer');
  await act({ command: 'job:steer', jobId: payload.jobId, instruction: 'shorter' });
  await runs.close();
  void process().take(payload);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(end()).toMatchObject({ outcome: 'completed', text: 'shorter' });
});

test('T8 what is too large to keep is left out', async () => {
  const huge = async (): Promise<JobResult> => ({
    text: 'x',
    costUsd: null,
    patch: 'p'.repeat(5_000_001),
    zip: Buffer.alloc(1),
  });
  const { code } = scriptedRunners();
  const runners = { nested_team: { kind: 'nested_team', repeatable: true, run: huge }, code } as const;
  const { begin, end } = world({ runners });
  await begin('x');
  expect(end()).toMatchObject({ artifacts: ['result', 'zip'] });
});
