import { JobId, keys, MAX_STEPS, type SessionId } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubApi } from '../../support/HubApi.ts';
import { asker, ModelCalls, typed } from '../../support/ModelCalls.ts';
import { report } from '../../support/report.ts';
import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { until } from '../../support/until.ts';

let stack: Stack;
let hub: HubApi;
let model: ModelCalls;

beforeAll(async () => {
  stack = await startStack({
    tools: { scripted: 2 },
    toolsEnv: { JOB_TIMEOUT_MS: '3000', APPROVAL_TIMEOUT_MS: '1000' },
  });
  hub = new HubApi(stack.url);
  model = await ModelCalls.open(stack.stores.redisUrl);
});
afterAll(async () => {
  await model.close();
  await stack.close();
});

const session = async () => (await hub.createSession()).session.id;
const facts = async (id: SessionId, type: string) => (await hub.events(id, { type })).map(({ data }) => data);
const ends = (id: SessionId, count = 1) =>
  until(`${count} ends`, async () => {
    const found = await facts(id, 'job:finished');
    return (
      found.length >= count &&
      (found as { number: number; outcome: string; text: string; durationMs: number }[])
    );
  });

test.each([
  [
    'no_such_tool',
    '{}',
    'There is no tool "no_such_tool". There are: nested_team, code, job_status, job_cancel, job_steer.',
  ],
  ['nested_team', '', 'The arguments are wrong: task: '],
  ['nested_team', '{"task":', 'The arguments are no valid JSON ('],
  ['nested_team', '[]', 'The arguments are wrong: '],
  ['nested_team', '{"task":"  "}', 'The arguments are wrong: task: '],
  ['nested_team', '{"task":"x","by":"me"}', 'Unrecognized key'],
  [
    'code',
    '{"task":"x","repository":"file:///etc"}',
    'The arguments are wrong: repository: An https:// address',
  ],
  ['code', '{"task":"x","files":[{"path":"../x","content":""}]}', 'does not leave its folder'],
  ['job_status', '{"job":"one"}', 'The arguments are wrong: job: '],
  ['job_cancel', '{"job":9}', 'There is no job 9 in this session.'],
  ['job_steer', '{"job":9,"instruction":"x"}', 'There is no job 9 in this session.'],
  ['__proto__', '{}', 'There is no tool "__proto__".'],
])('T2 %s with %s has a clear error as its one output, and a fact', async (name, args, error) => {
  const id = await session();
  const output = await model.call(id, name, args);
  expect(output.error).toContain(error);
  expect(await facts(id, 'tool:decided,job:created')).toMatchObject([
    { tool: name, decision: 'refused', job: null },
  ]);
});

test('T2 arguments of several megabytes are refused in words', async () => {
  const id = await session();
  const output = await model.call(id, 'nested_team', { task: 'x'.repeat(3_000_000) });
  expect(output.error).toMatch(/^The arguments are too large: 3000\d+ characters/);
});

test('T3 a call that is repeated is answered alike, and done once', async () => {
  const id = await session();
  const cause = typed(asker('Anna'));
  const first = await model.output(id, 'nested_team', { task: 'one' }, { callId: 'same', cause });
  expect(await model.output(id, 'nested_team', { task: 'one' }, { callId: 'same', cause })).toBe(first);
  // Also when the queue has forgotten the first.
  await model.forget(id, 'same');
  expect(await model.output(id, 'nested_team', { task: 'two' }, { callId: 'same', cause })).toBe(first);
  await ends(id);
  expect(await facts(id, 'job:created')).toHaveLength(1);
});

test('T8 a result of a megabyte is kept whole, told in part', async () => {
  const id = await session();
  await model.team(id, 'big 1000000');
  const [end] = await ends(id);
  expect(end).toMatchObject({ outcome: 'completed', truncated: true });
  expect(end?.text.length).toBe(8_000);
  const [job] = await hub.events(id, { type: 'job:created' });
  const jobId = JobId.parse(job?.type === 'job:created' && job.data.jobId);
  expect(await model.redis.strlen(keys.artifact(jobId, 'result'))).toBe(1_000_000);
  const [notice] = await model.notices(id);
  expect(String(notice?.['text']).length).toBe(6_000);
});

test('T9 thousands of steps are told slowly, and in part', async () => {
  const id = await session();
  await model.team(id, Array.from({ length: 900 }, () => 'step').join(' '));
  await ends(id);
  const steps = (await facts(id, 'job:progressed')) as { index: number; step: { text: string } }[];
  expect(steps.length).toBeLessThanOrEqual(MAX_STEPS);
  expect(steps.map(({ index }) => index)).toEqual(steps.map((_, index) => index + 1));
  expect(Math.max(...steps.map(({ step }) => step.text.length))).toBeLessThanOrEqual(2_000);
});

test('T4 so many run at once, further ones wait, too many are refused', async () => {
  const id = await session();
  const outputs = await Promise.all(Array.from({ length: 12 }, () => model.team(id, 'wait 300 done')));
  expect(outputs.filter(({ error }) => error?.includes('10 jobs in the last minute'))).toHaveLength(2);
  const jobs = await ends(id, 10);
  expect(jobs.every(({ outcome }) => outcome === 'completed')).toBe(true);
  let running = 0;
  let most = 0;
  for (const { type } of await hub.events(id, { type: 'job:started,job:finished' })) {
    running += type === 'job:started' ? 1 : -1;
    most = Math.max(most, running);
  }
  expect(most).toBe(3);
  expect(new Set(jobs.map(({ number }) => number)).size).toBe(10);
});

test('T5 the model asks how jobs are, tells them more and stops them', async () => {
  const id = await session();
  const anna = asker('Anna');
  const as = (cause = typed(anna)) => ({ cause });
  await model.team(id, 'wait 60 step steer', as());
  await until('its step', async () => (await facts(id, 'job:progressed')).length > 0);
  const status = await model.call(id, 'job_status', {}, as(typed(asker('Lea', 'listener'))));
  expect(status.jobs).toMatchObject([{ job: 1, state: 'running', latest: 'step 0' }]);
  const ben = typed(asker('Ben', 'speaker'));
  expect(await model.call(id, 'job_steer', { job: 1, instruction: 'no' }, as(ben))).toMatchObject({
    error: expect.stringContaining('Ben is a speaker, and may not ask for this') as string,
  });
  expect(await model.call(id, 'job_steer', { job: 1, instruction: 'with tests' }, as())).toMatchObject({
    job: 1,
  });
  expect((await ends(id))[0]).toMatchObject({ text: 'with tests' });
  await model.team(id, 'wait 60000', as());
  await until('it to run', async () => (await facts(id, 'job:started')).length === 2);
  const began = performance.now();
  expect(await model.call(id, 'job_cancel', { job: 2 }, as())).toEqual({ job: 2, state: 'is being stopped' });
  expect((await ends(id, 2))[1]).toMatchObject({ outcome: 'cancelled' });
  report('a running job is cancelled', { 'until its end is told, ms': performance.now() - began });
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(await model.call(id, 'job_cancel', { job: 2 }, as())).toEqual({ job: 2, state: 'cancelled' });
});

test.each([
  ['fail', 'failed', 'It did not work out.'],
  ['fault', 'failed', 'It failed by a fault of the server. The log of the tools says more.'],
  ['wait 60000', 'failed', 'It was stopped: it took longer than 3 seconds.'],
  ['pass-later fine', 'completed', 'fine'],
  ['ask fine', 'failed', 'It was not allowed. Nobody answered in time, which means no.'],
])('T8 the task "%s" ends as %s', async (task, outcome, text) => {
  const id = await session();
  await model.team(id, task);
  expect(await ends(id)).toMatchObject([{ outcome, text }]);
  expect(await model.notices(id)).toMatchObject([{ outcome, text }]);
});

test('T7 no answer in time means no, and the model is told', async () => {
  const id = await session();
  const output = await model.team(id, 'x', { cause: typed(asker('Lea', 'listener')) });
  expect(output).toMatchObject({ job: 1, state: 'waits to be allowed' });
  const text = 'Not allowed: nobody answered in time (owner could have).';
  expect(await ends(id)).toMatchObject([{ outcome: 'denied', text }]);
  expect(await facts(id, 'approval:decided')).toMatchObject([{ decision: 'expired', participantId: null }]);
  expect(await model.notices(id)).toMatchObject([{ outcome: 'denied', text }]);
});

test('100 jobs at once in 20 sessions: each call has one output, each job one end, nothing is lost', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, session));
  const began = performance.now();
  const calls = ids.flatMap((id) =>
    Array.from({ length: 5 }, (_, index) => ({ id, task: `step wait ${index * 20} job of ${id}` })),
  );
  const outputs = await Promise.all(calls.map(({ id, task }) => model.team(id, task, { withinMs: 50_000 })));
  const answeredMs = performance.now() - began;
  expect(outputs.map(({ state }) => state)).toEqual(calls.map(() => 'started'));
  for (const id of ids) {
    const found = await ends(id, 5);
    expect(found.map(({ text }) => text)).toEqual(Array.from({ length: 5 }, () => `job of ${id}`));
    expect(found.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(await facts(id, 'tool:decided')).toHaveLength(5);
    expect(await model.notices(id)).toHaveLength(5);
    const seqs = (await hub.events(id)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  }
  report('100 jobs in 20 sessions', {
    'all answered after ms': answeredMs,
    'all ended after ms': performance.now() - began,
  });
  expect(await model.redis.zcard(keys.openJobs)).toBe(0);
});
