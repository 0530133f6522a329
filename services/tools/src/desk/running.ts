import type { ApprovalId, JobStep } from '@parley/contract';
import { finish, type Context, type Ending } from './ending.ts';
import { cut, fact } from './events.ts';
import type { Change, Decided, View } from './ports.ts';
import type { ApprovalRecord, JobRecord } from './records.ts';
import * as words from './words.ts';

/** So often a job is begun whose worker was lost, or whose runner may try again. */
export const MAX_ATTEMPTS = 3;
const MAX_LATEST = 300;

export interface Taking {
  /** Names this run of the job. */
  run: string;
  /** A second attempt does no harm. */
  repeatable: boolean;
  /** Whether the run that has it now is still heard of. */
  alive: boolean;
  leaseMs: number;
}

export type Taken =
  | { how: 'mine'; job: JobRecord }
  /** Another process runs it. */
  | { how: 'busy' }
  /** There is nothing to do any more. */
  | { how: 'over' };

/** A worker takes a job up: for the first time, or after the one that had it was lost. */
export function take(
  view: View,
  { run, repeatable, alive, leaseMs }: Taking,
  context: Context,
): Decided<Taken> {
  const { job } = view;
  if (!job || job.state.at === 'over' || job.state.at === 'asking') return { result: { how: 'over' } };
  if (job.state.at === 'running' && job.state.run === run) return { result: { how: 'mine', job } };
  if (job.state.at === 'running' && alive) return { result: { how: 'busy' } };
  const over = (ending: Ending): Decided<Taken> => {
    const change = finish(view, job, ending, context);
    const result = { how: 'over' } as const;
    return change ? { change, result } : { result };
  };
  if (job.cancelling) return over({ outcome: 'cancelled', text: words.cancelledBy(job.cancelling) });
  const lost = job.state.at === 'running';
  if (lost && (!repeatable || job.attempt >= MAX_ATTEMPTS))
    return over({ outcome: 'failed', text: words.lost(job.attempt) });
  const { change, job: next } = begin(view, job, run, context);
  return { change: { ...change, lease: { run, ms: leaseMs } }, result: { how: 'mine', job: next } };
}

/** The same run tries again after a failure that may pass. Undefined when it may not. */
export function retry(view: View, run: string, context: Context): Decided<JobRecord | undefined> {
  const job = isRun(view, run);
  if (!job || job.cancelling || job.attempt >= MAX_ATTEMPTS) return { result: undefined };
  const { change, job: next } = begin(view, job, run, context);
  return { change, result: next };
}

function begin(
  view: View,
  job: JobRecord,
  run: string,
  context: Context,
): { change: Change; job: JobRecord } {
  const { sessionId, at } = context;
  const { jobId, number } = job;
  const attempt = job.attempt + 1;
  // What the attempt before asked for is asked anew if it is still wanted.
  const open = view.approvals.filter(({ decided }) => decided === null);
  const next: JobRecord = {
    ...job,
    state: { at: 'running', run },
    attempt,
    steps: 0,
    startedAt: job.startedAt ?? at,
    asks: [],
  };
  const withdrawn = { decision: 'withdrawn', by: { participantId: null, name: null } } as const;
  return {
    change: {
      job: next,
      approvals: open.map((approval): ApprovalRecord => ({ ...approval, decided: withdrawn })),
      facts: [
        ...open.map(({ approvalId }) =>
          fact('approval:decided', sessionId, at, {
            jobId,
            number,
            approvalId,
            decision: 'withdrawn',
            ...withdrawn.by,
          }),
        ),
        fact('job:started', sessionId, at, { jobId, number, attempt }),
      ],
    },
    job: next,
  };
}

/** The job while this run has it, else undefined: another one has, or it is over. */
export const isRun = ({ job }: View, run: string): JobRecord | undefined =>
  job?.state.at === 'running' && job.state.run === run ? job : undefined;

/** Step `index` of an attempt is told once. Result: whether this run still has the job. */
export function progress(
  view: View,
  run: string,
  told: { index: number; attempt: number; step: JobStep; costUsd: number | null },
  context: Context,
): Decided<boolean> {
  const job = isRun(view, run);
  if (!job || job.attempt !== told.attempt) return { result: false };
  if (job.steps >= told.index) return { result: true };
  const { jobId, number } = job;
  const latest = cut(told.step.text, MAX_LATEST);
  return {
    change: {
      job: { ...job, steps: told.index, latest, costUsd: told.costUsd ?? job.costUsd },
      facts: [fact('job:progressed', context.sessionId, context.at, { jobId, number, ...told })],
    },
    result: true,
  };
}

/** A running job wants to do one thing that somebody has to allow. Result: when time is over; undefined: lost the job. */
export function askStep(
  view: View,
  run: string,
  request: { approvalId: ApprovalId; what: string; detail: string | null; why: string },
  context: Context,
): Decided<number | undefined> {
  const job = isRun(view, run);
  if (!job) return { result: undefined };
  const { approvalId } = request;
  const expiresAt = context.at + context.limits.approvalMs;
  if (job.asks.includes(approvalId)) return { result: expiresAt };
  const { jobId, number } = job;
  const roles = job.policy.approve;
  return {
    change: {
      job: { ...job, asks: [...job.asks, approvalId] },
      approvals: [{ approvalId, jobId, of: 'step', roles, expiresAt, decided: null }],
      facts: [
        fact('approval:requested', context.sessionId, context.at, {
          jobId,
          number,
          approvalId,
          what: cut(request.what, 2_000),
          detail: request.detail === null ? null : cut(request.detail, 8_000),
          why: cut(request.why, 500),
          roles,
          expiresAt,
        }),
      ],
    },
    result: expiresAt,
  };
}

/** This run has brought the job to its end. False when it was not its any more. */
export function complete(view: View, run: string, ending: Ending, context: Context): Decided<boolean> {
  const job = isRun(view, run);
  const text = ending.outcome === 'cancelled' && view.desk.ended ? words.sessionEnded : ending.text;
  const change = job && finish(view, job, { ...ending, text }, context);
  return change ? { change, result: true } : { result: false };
}

/** This process stops: the job waits for another one. A step of it that waits to be allowed is asked for anew there. */
export function putBack(view: View, run: string): Decided<boolean> {
  const job = isRun(view, run);
  if (!job) return { result: false };
  return { change: { job: { ...job, state: { at: 'queued' } } }, result: true };
}
