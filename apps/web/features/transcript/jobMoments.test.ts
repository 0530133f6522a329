import { type EventData, newApprovalId, newJobId } from '@parley/contract';
import { expect, test } from 'vitest';
import { ADA, event } from '../session/testing/samples.ts';
import { addEvent, type TranscriptEntry } from './transcript.ts';

const rows = (...events: Parameters<typeof addEvent>[1][]) => events.reduce<TranscriptEntry[]>(addEvent, []);
const cause = { askers: [], overlap: 0, by: 'nobody' as const, words: '' };
const job = { jobId: newJobId(), number: 7 };
const decided = (decision: EventData<'tool:decided'>['decision']) =>
  event(1, 'tool:decided', {
    callId: 'c',
    tool: 'code',
    decision,
    reason: 'Ben is a speaker',
    cause,
    job: null,
  });
const finished = (outcome: EventData<'job:finished'>['outcome']) =>
  event(3, 'job:finished', {
    ...job,
    outcome,
    text: '',
    truncated: false,
    files: [],
    artifacts: [],
    costUsd: null,
    durationMs: 1,
  });

test('a job stands where it began, once', () => {
  const created = event(1, 'job:created', { ...job, kind: 'code', task: 'Build', cause, state: 'queued' });
  expect(rows(created, created)).toEqual([
    { kind: 'job', itemId: `job-${job.jobId}`, at: 1_000, jobId: job.jobId, number: 7, task: 'Build' },
  ]);
});

test('a call for a job is told by its card, one about a job in words', () => {
  const called = (name: string) => event(1, 'tool:called', { callId: 'c', name, arguments: '{}' });
  expect(rows(called('code'))).toEqual([]);
  expect(rows(called('job_status'))).toMatchObject([{ text: 'The assistant used “job_status”' }]);
});

test('a refusal is told, what was allowed is not', () => {
  expect(rows(decided('refused'))).toMatchObject([{ text: 'Not done: Ben is a speaker', tone: 'warning' }]);
  expect(rows(decided('allowed'), decided('asked'))).toEqual([]);
});

test.each([
  ['approved', 'Ada', 'Job 7: Allowed by Ada'],
  ['denied', null, 'Job 7: Denied by the owner'],
  ['expired', null, 'Job 7: Nobody answered in time'],
  ['withdrawn', null, 'Job 7: No longer needed'],
] as const)('how it was %s', (decision, name, text) => {
  const approvalId = newApprovalId();
  const by = { participantId: name && ADA, name };
  expect(rows(event(2, 'approval:decided', { ...job, approvalId, decision, ...by }))).toMatchObject([
    { text },
  ]);
});

test.each([
  ['completed', 'Job 7 is done'],
  ['failed', 'Job 7 has failed'],
  ['cancelled', 'Job 7 was stopped'],
  ['denied', 'Job 7 was not allowed'],
] as const)('the end of a job: %s', (outcome, text) => {
  expect(rows(finished(outcome))).toMatchObject([{ kind: 'moment', text }]);
});
