import { z } from 'zod';
import { CallCause, JOB_COMMANDS, JobOutcome } from './jobs.ts';
import { ErrorBody } from './errors.ts';
import { ApprovalId, JobId, NoticeId, ParticipantId, SessionId } from './ids.ts';
import { ParticipantName, Role } from './session.ts';
import { JobKind, ToolPolicies } from './tools.ts';
import { TraceParent } from './trace.ts';

/**
 * The desk of the tools takes what mixers and hubs want from a BullMQ queue, one entry each: nothing is lost while no
 * tools process is there. An entry's BullMQ ID makes a repeat harmless.
 */
export const DeskRequest = z.discriminatedUnion('type', [
  /** The model has called a function. The return value is a `CallReply`. */
  z.object({
    type: z.literal('call'),
    sessionId: SessionId,
    callId: z.string().min(1).max(200),
    name: z.string().max(200),
    /** JSON text as the model wrote it; anything may be in it. */
    arguments: z.string().max(4_000_000),
    cause: CallCause,
    policies: ToolPolicies,
    at: z.number().int(),
    traceparent: TraceParent,
  }),
  /** A device acts on a job, or a program with the owner token alone. The return value is an `ActReply`. */
  z.object({
    type: z.literal('act'),
    sessionId: SessionId,
    by: z.object({ participantId: ParticipantId.nullable(), name: ParticipantName.nullable(), role: Role }),
    act: z.discriminatedUnion('command', [
      z.object({
        command: z.literal('approval:decide'),
        ...JOB_COMMANDS['approval:decide'].request.shape,
      }),
      z.object({ command: z.literal('job:cancel'), ...JOB_COMMANDS['job:cancel'].request.shape }),
      z.object({ command: z.literal('job:steer'), ...JOB_COMMANDS['job:steer'].request.shape }),
    ]),
    traceparent: TraceParent,
  }),
  /** Delayed: nobody has decided in time. */
  z.object({ type: z.literal('expire'), sessionId: SessionId, approvalId: ApprovalId }),
  /** The session has ended: its jobs are stopped. */
  z.object({ type: z.literal('session-ended'), sessionId: SessionId }),
]);
export type DeskRequest = z.infer<typeof DeskRequest>;

/** What the model gets as the output of its call, at once. JSON text. */
export const CallReply = z.object({ output: z.string().max(20_000) });
export type CallReply = z.infer<typeof CallReply>;

export const ActReply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({ ok: z.literal(false), error: ErrorBody }),
]);
export type ActReply = z.infer<typeof ActReply>;

/**
 * A job as the queue of its kind carries it: which it is, and for a person who looks at the queue what it is about. All
 * else is in its record. `nested_team` and `code` have one queue each; the entry's BullMQ ID is the job's.
 */
export const JobPayload = z.object({
  sessionId: SessionId,
  jobId: JobId,
  number: z.number().int().min(1),
  kind: JobKind,
  task: z.string().max(200),
  /** Of the call that it came of. */
  traceparent: TraceParent,
});
export type JobPayload = z.infer<typeof JobPayload>;

/**
 * Something that the room's assistant is to tell when the floor is free. Kept in Redis (`keys.notices`) until the room
 * takes it out, so that it survives whatever dies; a room that was given it twice knows it by its ID.
 */
export const Notice = z.object({
  id: NoticeId,
  jobId: JobId,
  number: z.number().int().min(1),
  kind: JobKind,
  outcome: JobOutcome,
  /** Who wanted it. */
  cause: CallCause,
  /** For the model: what came of it, at most 6,000 characters. */
  text: z.string().max(6_000),
});
export type Notice = z.infer<typeof Notice>;

/** On `keys.jobControl`, to every tools process: the one that has the job acts. */
export const JobControl = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cancel'), jobId: JobId }),
  z.object({ type: z.literal('steer'), jobId: JobId, instruction: z.string() }),
  z.object({ type: z.literal('decided'), jobId: JobId, approvalId: ApprovalId }),
]);
export type JobControl = z.infer<typeof JobControl>;
