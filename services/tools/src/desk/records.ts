import {
  ApprovalId,
  CallCause,
  JobId,
  JobKind,
  JobOutcome,
  ParticipantId,
  ParticipantName,
  Role,
  ToolPolicy,
  TraceParent,
} from '@parley/contract';
import { z } from 'zod';

/** Who did something: both null for the assistant itself, and for time that ran out. */
export const Actor = z.object({
  participantId: ParticipantId.nullable(),
  name: ParticipantName.nullable(),
});
export type Actor = z.infer<typeof Actor>;
export const NOBODY: Actor = { participantId: null, name: null };

/** Where a job is. `run` names one run of it by one process; it is told from a later one by that. */
const JobProgress = z.discriminatedUnion('at', [
  z.object({ at: z.literal('asking') }),
  z.object({ at: z.literal('queued') }),
  z.object({ at: z.literal('running'), run: z.string() }),
  z.object({ at: z.literal('over'), outcome: JobOutcome }),
]);

/** A job as Redis has it. Times are milliseconds since the epoch. Its arguments are kept apart: they can be large. */
export const JobRecord = z.object({
  jobId: JobId,
  number: z.number().int().min(1),
  kind: JobKind,
  task: z.string(),
  cause: CallCause,
  policy: ToolPolicy,
  createdAt: z.number(),
  /** Of the first attempt. */
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  state: JobProgress,
  /** Attempts that were begun. */
  attempt: z.number().int(),
  /** Steps of this attempt that became events. */
  steps: z.number().int(),
  /** What the latest of them said, at most 300 characters; then how it ended. */
  latest: z.string(),
  costUsd: z.number().nullable(),
  instructions: z.array(z.object({ id: z.string(), text: z.string() })),
  /** Approvals that nobody has decided yet. */
  asks: z.array(ApprovalId),
  cancelling: Actor.nullable(),
  /** Of the call that it came of. */
  traceparent: TraceParent,
});
export type JobRecord = z.infer<typeof JobRecord>;

/** `job`: the whole job waits for it. `step`: one thing that the running job wants to do. */
export const ApprovalRecord = z.object({
  approvalId: ApprovalId,
  jobId: JobId,
  of: z.enum(['job', 'step']),
  roles: z.array(Role),
  expiresAt: z.number(),
  decided: z
    .object({ decision: z.enum(['approved', 'denied', 'expired', 'withdrawn']), by: Actor })
    .nullable(),
});
export type ApprovalRecord = z.infer<typeof ApprovalRecord>;
export type Decision = NonNullable<ApprovalRecord['decided']>['decision'];

/** What counts for all jobs of one session. */
export const SessionDesk = z.object({
  /** The last number given. */
  number: z.number().int(),
  /** Jobs that a worker may take or has: no more than may run at once. */
  admitted: z.array(JobId),
  /** Jobs that wait for one of those to end, in their order. */
  waiting: z.array(JobId),
  /** When the jobs of the last minute were made. */
  recent: z.array(z.number()),
  /** The newest jobs, the latest first. */
  latest: z.array(JobId),
  ended: z.boolean(),
});
export type SessionDesk = z.infer<typeof SessionDesk>;

export const EMPTY_DESK: SessionDesk = {
  number: 0,
  admitted: [],
  waiting: [],
  recent: [],
  latest: [],
  ended: false,
};
