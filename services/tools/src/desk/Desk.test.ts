import { newApprovalId, newJobId } from '@parley/contract';
import { expect, test } from 'vitest';
import { deskWorld, someone, typedBy } from '../testing/deskWorld.ts';

const speaker = someone('Ben', 'speaker');
const listener = someone('Lea', 'listener');

test('T1 a call makes a job, told before it is queued', async () => {
  const world = deskWorld();
  expect(await world.call('nested_team', { task: 'look it up' })).toMatchObject({ job: 1, state: 'started' });
  expect(world.memory.facts.map(({ type }) => type)).toEqual(['tool:decided', 'job:created']);
  expect([...world.queues.entries.values()]).toMatchObject([
    { number: 1, kind: 'nested_team', task: 'look it up' },
  ]);
});

test('T3 the same call again: the same output, nothing done', async () => {
  const world = deskWorld();
  const first = await world.call('nested_team', { task: 'x' }, undefined, 'c');
  expect(await world.call('nested_team', { task: 'y' }, undefined, 'c')).toEqual(first);
  expect(await world.call('job_cancel', { job: 1 }, undefined, 'd')).toEqual({ job: 1, state: 'cancelled' });
  expect(await world.call('job_cancel', { job: 1 }, undefined, 'd')).toEqual({ job: 1, state: 'cancelled' });
  expect(world.facts('job:created')).toHaveLength(1);
  expect(world.facts('tool:decided')).toHaveLength(2);
  expect(world.memory.notices).toHaveLength(1);
});

test('T4 three at work, the next when one has ended; ten a minute', async () => {
  const world = deskWorld();
  for (let made = 0; made < 10; made += 1) await world.call('nested_team', { task: `${made}` });
  expect(world.queues.entries.size).toBe(3);
  expect(await world.call('nested_team', { task: 'one too many' })).toEqual({
    error: 'This session has begun 10 jobs in the last minute. Wait a little.',
  });
  await world.call('job_cancel', { job: 2 });
  expect(world.queues.entries.size).toBe(4);
  await world.call('job_cancel', { job: 9 });
  expect(world.queues.entries.size).toBe(4);
  world.clock.at += 60_001;
  expect(await world.call('nested_team', { task: 'later' })).toMatchObject({ job: 11 });
});

test('T6 who may not is asked for, and whoever may answers', async () => {
  const world = deskWorld();
  const cause = typedBy(listener);
  await world.call('code', { task: 'x' }, cause);
  const [asked] = world.facts('approval:requested');
  const approvalId = asked?.approvalId ?? newApprovalId();
  expect(asked).toMatchObject({ number: 1, roles: ['owner'], expiresAt: world.clock.at + 60_000 });
  expect(world.queues.entries.size).toBe(0);
  const decide = { command: 'approval:decide', approvalId, approve: true } as const;
  expect(await world.act(decide, speaker)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  expect(await world.act(decide)).toEqual({ ok: true, data: { decision: 'approved' } });
  expect(await world.act({ ...decide, approve: false })).toEqual({
    ok: true,
    data: { decision: 'approved' },
  });
  expect(world.queues.entries.size).toBe(1);
  expect(world.facts('approval:decided')).toMatchObject([{ decision: 'approved', name: 'Anna' }]);
});

test('T6 a no ends the job, and the model is told', async () => {
  const world = deskWorld();
  await world.call('code', { task: 'x' }, typedBy(listener));
  const approvalId = world.facts('approval:requested')[0]?.approvalId ?? newApprovalId();
  await world.act({ command: 'approval:decide', approvalId, approve: false });
  expect(world.memory.notices).toMatchObject([{ outcome: 'denied', text: 'Not allowed: Anna said no.' }]);
  expect(world.memory.facts.slice(-2).map(({ type }) => type)).toEqual(['approval:decided', 'job:finished']);
});

test('T7 who answers too late has not answered', async () => {
  const world = deskWorld();
  await world.call('code', { task: 'x' }, typedBy(listener));
  const approvalId = world.facts('approval:requested')[0]?.approvalId ?? newApprovalId();
  expect(world.queues.expiring).toEqual([approvalId]);
  await world.desk.expire(world.sessionId, approvalId); // too early: nothing
  expect(world.facts('approval:decided')).toEqual([]);
  world.clock.at += 60_000;
  const late = await world.act({ command: 'approval:decide', approvalId, approve: true });
  expect(late).toEqual({ ok: true, data: { decision: 'expired' } });
  await world.desk.expire(world.sessionId, approvalId);
  expect(world.facts('approval:decided')).toMatchObject([{ decision: 'expired', name: null }]);
  expect(world.facts('job:finished')).toMatchObject([{ outcome: 'denied' }]);
});

test('T7 a request is withdrawn when its job is stopped', async () => {
  const world = deskWorld();
  await world.call('code', { task: 'x' }, typedBy(listener));
  const jobId = world.facts('job:created')[0]?.jobId ?? newJobId();
  // Its asker may stop it.
  expect(await world.act({ command: 'job:cancel', jobId }, listener)).toEqual({
    ok: true,
    data: { state: 'cancelled' },
  });
  expect(world.facts('approval:decided')).toMatchObject([{ decision: 'withdrawn' }]);
});

test('T3 an instruction that comes twice is told once', async () => {
  const world = deskWorld();
  await world.call('code', { task: 'x' });
  const jobId = world.facts('job:created')[0]?.jobId ?? newJobId();
  const steer = { command: 'job:steer', jobId, instruction: 'with tests' } as const;
  for (const id of ['same', 'same', 'other'])
    expect(await world.act(steer, undefined, id)).toMatchObject({ ok: true });
  expect(world.facts('job:steered')).toHaveLength(2);
  expect(await world.act(steer, speaker)).toMatchObject({ error: { code: 'forbidden' } });
});

test('what is not there is told so', async () => {
  const world = deskWorld();
  const missing = { ok: false, error: { code: 'job-not-found' } };
  expect(await world.act({ command: 'job:cancel', jobId: newJobId() })).toMatchObject(missing);
  expect(
    await world.act({ command: 'approval:decide', approvalId: newApprovalId(), approve: true }),
  ).toMatchObject(missing);
  expect(await world.call('job_status', {})).toEqual({
    jobs: [],
    say: 'There are no jobs in this session yet.',
  });
  expect(await world.call('job_status', { job: 3 })).toEqual({ error: 'There is no job 3 in this session.' });
});

test('T13 the end of a session ends what waits, tells nobody, and lets nothing begin', async () => {
  const world = deskWorld();
  await world.call('code', { task: 'x' }, typedBy(listener));
  for (let made = 0; made < 4; made += 1) await world.call('code', { task: 'y' });
  await world.desk.handle({ type: 'session-ended', sessionId: world.sessionId }, 'end');
  expect(world.facts('job:finished').map(({ outcome, text }) => [outcome, text])).toEqual(
    Array.from({ length: 5 }, () => ['cancelled', 'The session has ended.']),
  );
  expect(world.memory.notices).toEqual([]);
  expect(await world.call('code', { task: 'z' })).toEqual({ error: 'The session has ended.' });
});
