import {
  DEFAULT_TOOL_POLICIES,
  type EventData,
  JobId,
  newApprovalId,
  type SessionEvent,
} from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { ADA, BEN, event } from '../session/testing/samples.ts';
import {
  applyJobEvent,
  countOpen,
  elapsedMs,
  type Job,
  type JobsModel,
  listJobs,
  mayDecide,
  maySteer,
  noJobs,
  openAsks,
} from './jobsModel.ts';

const ID = JobId.parse('j_aaaaaaaaaaaa');
const OTHER = JobId.parse('j_bbbbbbbbbbbb');
const job = { jobId: ID, number: 7 };
const approvalId = newApprovalId();
const cause: EventData<'job:created'>['cause'] = {
  askers: [{ participantId: ADA, name: 'Ada', role: 'speaker', share: 1 }],
  overlap: 0,
  by: 'text',
  words: 'Use code to build a page',
};
const created = (seq: number, state: 'asking' | 'queued' = 'queued', jobId = ID, number = 7) =>
  event(seq, 'job:created', { jobId, number, kind: 'code', task: 'Build a page', cause, state });
const asked = event(2, 'approval:requested', {
  ...job,
  approvalId,
  what: 'Build a page',
  detail: null,
  why: 'Ada is a speaker',
  roles: ['owner'],
  expiresAt: 60_000,
});
const answer = (decision: EventData<'approval:decided'>['decision']) =>
  event(3, 'approval:decided', { ...job, approvalId, decision, participantId: BEN, name: 'Ben' });
const progress = (seq: number, index: number, attempt = 1, costUsd: number | null = null) =>
  event(seq, 'job:progressed', {
    ...job,
    index,
    attempt,
    step: { kind: 'note', agent: null, text: `Step ${index}`, detail: null },
    costUsd,
  });
const finish = (seq: number, outcome: EventData<'job:finished'>['outcome'] = 'completed') =>
  event(seq, 'job:finished', {
    ...job,
    outcome,
    text: 'Built.',
    truncated: false,
    files: [{ path: 'index.html', change: 'added', added: 3, removed: 0 }],
    artifacts: ['patch'],
    costUsd: 0.2,
    durationMs: 4_000,
  });
const fold = (...events: SessionEvent[]): JobsModel => events.reduce(applyJobEvent, noJobs);
const only = (...events: SessionEvent[]): Job => {
  const [found] = listJobs(fold(...events));
  if (found === undefined) throw new Error('No job');
  return found;
};

test('a job from its beginning to its end', () => {
  const started = event(3, 'job:started', { ...job, attempt: 1 });
  const states = [
    only(created(1)),
    only(created(1), started),
    only(created(1), started, progress(4, 1, 1, 0.1)),
    only(created(1), started, progress(4, 1, 1, 0.1), finish(5)),
  ];
  expect(states.map(({ state }) => state)).toEqual(['queued', 'running', 'running', 'completed']);
  expect(states.map(({ costUsd }) => costUsd)).toEqual([null, null, 0.1, 0.2]);
  expect(states[3]).toMatchObject({
    startedAt: 3_000,
    endedAt: 5_000,
    steps: [{ place: 1, step: { text: 'Step 1' } }],
    end: { text: 'Built.', artifacts: ['patch'] },
  });
});

test('steps of a job that was taken up again follow those of before', () => {
  const again = only(
    created(1),
    event(2, 'job:started', { ...job, attempt: 1 }),
    progress(3, 1),
    progress(4, 2),
    event(5, 'job:started', { ...job, attempt: 2 }),
    progress(6, 1, 2),
  );
  expect(again).toMatchObject({ attempt: 2, startedAt: 2_000 });
  expect(again.steps.map(({ place, attempt }) => [place, attempt])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
  ]);
});

test('an end is final, and told once', () => {
  const over = only(
    created(1),
    finish(2),
    finish(3, 'failed'),
    event(4, 'job:started', { ...job, attempt: 2 }),
  );
  expect(over).toMatchObject({ state: 'completed', endedAt: 2_000 });
  expect(only(created(1), created(2), finish(3)).state).toBe('completed');
});

test('facts about other things, and about unknown jobs, change nothing', () => {
  expect(fold(finish(1))).toBe(noJobs);
  const one = fold(created(1));
  expect(applyJobEvent(one, event(2, 'session:locked', { locked: true, by: null }))).toBe(one);
});

describe('what has to be allowed', () => {
  test('waits, is allowed, and the job goes on', () => {
    expect(only(created(1, 'asking'), asked)).toMatchObject({ state: 'asking', asks: [{ decision: null }] });
    expect(only(created(1, 'asking'), asked, asked, answer('approved'))).toMatchObject({
      state: 'queued',
      asks: [{ decision: 'approved', by: 'Ben' }],
    });
    expect(only(created(1, 'asking'), asked, answer('denied')).state).toBe('asking');
  });

  test('within a running job does not change what that is at', () => {
    const running = event(2, 'job:started', { ...job, attempt: 1 });
    expect(only(created(1), running, asked, answer('approved')).state).toBe('running');
  });

  test('is open until it is decided, its time is over, or its job', () => {
    const open = fold(created(1, 'asking'), asked);
    expect(openAsks(open, 59_999)).toHaveLength(1);
    expect(openAsks(open, 60_000)).toEqual([]);
    expect(openAsks(applyJobEvent(open, answer('denied')), 0)).toEqual([]);
    expect(openAsks(applyJobEvent(open, finish(4, 'denied')), 0)).toEqual([]);
  });

  test('is for the roles it names', () => {
    const [ask] = only(created(1, 'asking'), asked).asks;
    expect(ask && mayDecide(ask, { role: 'owner' })).toBe(true);
    expect(ask && mayDecide(ask, { role: 'speaker' })).toBe(false);
  });
});

test('who may allow it, and who asked for it, may stop it', () => {
  const one = only(created(1));
  expect(maySteer(one, { id: ADA, role: 'speaker' }, DEFAULT_TOOL_POLICIES)).toBe(true);
  expect(maySteer(one, { id: BEN, role: 'speaker' }, DEFAULT_TOOL_POLICIES)).toBe(false);
  expect(maySteer(one, { id: BEN, role: 'owner' }, DEFAULT_TOOL_POLICIES)).toBe(true);
});

test('why it may be done is known whenever it was told', () => {
  const decided = event(1, 'tool:decided', {
    callId: 'c',
    tool: 'code',
    decision: 'allowed',
    reason: 'Ada is an owner',
    cause,
    job,
  });
  expect(only(decided, created(2)).reason).toBe('Ada is an owner');
  expect(only(created(1), decided).reason).toBe('Ada is an owner');
  expect(
    only(decided, created(2), event(3, 'tool:decided', { ...decided.data, reason: 'Other' } as never)).reason,
  ).toBe('Ada is an owner');
});

test('being stopped shows until it is over', () => {
  const by = { participantId: ADA, name: 'Ada' };
  const stopping = event(2, 'job:cancelling', { ...job, ...by });
  expect(only(created(1), stopping).cancelling).toBe(true);
  expect(only(created(1), stopping, finish(3, 'cancelled'))).toMatchObject({
    cancelling: false,
    state: 'cancelled',
  });
  expect(
    only(created(1), event(2, 'job:steered', { ...job, ...by, instruction: 'Add tests' })).steers,
  ).toEqual([{ at: 2_000, instruction: 'Add tests', name: 'Ada' }]);
});

test('the list has the newest first, and counts what is not over', () => {
  const jobs = fold(created(1), created(2, 'queued', OTHER, 8), finish(3));
  expect(listJobs(jobs).map(({ number }) => number)).toEqual([8, 7]);
  expect(countOpen(jobs)).toBe(1);
});

test('time goes by while it runs', () => {
  const running = only(created(1), event(2, 'job:started', { ...job, attempt: 1 }));
  expect(elapsedMs(only(created(1)), 9_000)).toBe(0);
  expect(elapsedMs(running, 5_000)).toBe(3_000);
  expect(elapsedMs(only(created(1), finish(3)), 9_000)).toBe(4_000);
});
