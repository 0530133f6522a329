import type {
  ApprovalId,
  CallCause,
  JobId,
  JobKind,
  JobPayload,
  SessionId,
  ToolPolicies,
} from '@parley/contract';
import type { Judgement } from './authority.ts';
import { cut, fact } from './events.ts';
import type { Change, Limits, View } from './ports.ts';
import { admit } from './places.ts';
import type { ApprovalRecord, JobRecord } from './records.ts';
import * as words from './words.ts';

/** A call that asks for a job, as far as it is understood. */
export interface Wish {
  sessionId: SessionId;
  callId: string;
  kind: JobKind;
  task: string;
  arguments: unknown;
  cause: CallCause;
  policies: ToolPolicies;
  judgement: Judgement;
  traceparent?: string | undefined;
}

/** IDs for what may come of it, made before anything is known. */
export interface NewIds {
  jobId: JobId;
  approvalId: ApprovalId;
}

const MINUTE_MS = 60_000;
/** Jobs of one session without an end; more than anybody can follow. */
const MAX_OPEN = 50;
/** Jobs that `job_status` tells of when it is asked for none by number. */
const LATEST = 10;

/** Why a session may have no further job just now, if so. */
export function refusal({ desk }: View, limits: Limits, at: number): string | undefined {
  if (desk.ended) return 'The session has ended';
  const recent = desk.recent.filter((each) => each > at - MINUTE_MS);
  if (recent.length >= limits.jobsPerMinute)
    return `This session has begun ${recent.length} jobs in the last minute. Wait a little`;
  const open = desk.admitted.length + desk.waiting.length;
  if (open >= MAX_OPEN) return `${open} jobs of this session are not done yet. Wait until some are`;
  return undefined;
}

/** A job comes into being, with the decision that led to it and, where somebody has to allow it, the request. */
export function openJob(view: View, wish: Wish, ids: NewIds, limits: Limits, at: number): Change {
  const { sessionId, callId, kind, cause, judgement } = wish;
  const { jobId, approvalId } = ids;
  const asks = judgement.decision === 'asked';
  const number = view.desk.number + 1;
  const desk = {
    ...view.desk,
    number,
    recent: [...view.desk.recent.filter((each) => each > at - MINUTE_MS), at],
    latest: [jobId, ...view.desk.latest].slice(0, LATEST),
  };
  const policy = wish.policies[kind];
  const job: JobRecord = {
    jobId,
    number,
    kind,
    task: wish.task,
    cause,
    policy,
    createdAt: at,
    startedAt: null,
    endedAt: null,
    state: { at: asks ? 'asking' : 'queued' },
    attempt: 0,
    steps: 0,
    latest: '',
    costUsd: null,
    instructions: [],
    asks: asks ? [approvalId] : [],
    cancelling: null,
    traceparent: wish.traceparent,
  };
  const approval: ApprovalRecord = {
    approvalId,
    jobId,
    of: 'job',
    roles: policy.approve,
    expiresAt: at + limits.approvalMs,
    decided: null,
  };
  const known = { jobId, number };
  const told = [
    fact('tool:decided', sessionId, at, { callId, tool: kind, ...judgement, cause, job: known }),
    fact('job:created', sessionId, at, {
      ...known,
      kind,
      task: job.task,
      cause,
      state: asks ? 'asking' : 'queued',
    }),
  ];
  const requested = fact('approval:requested', sessionId, at, {
    ...known,
    approvalId,
    what: cut(job.task, 2_000),
    detail: null,
    why: cut(judgement.reason, 500),
    roles: approval.roles,
    expiresAt: approval.expiresAt,
  });
  const output = asks ? words.asked(job, judgement.reason, limits.approvalMs) : words.begun(job);
  return {
    desk: asks ? desk : admit({ ...desk, waiting: [...desk.waiting, jobId] }, limits),
    job,
    ...(asks ? { approvals: [approval] } : {}),
    arguments: JSON.stringify(wish.arguments),
    answer: { callId, output },
    facts: asks ? [...told, requested] : told,
  };
}

/** What the queue of its kind carries. */
export function payloadOf(sessionId: SessionId, job: JobRecord): JobPayload {
  const { jobId, number, kind, task, traceparent } = job;
  return { sessionId, jobId, number, kind, task: cut(task, 200), traceparent };
}
