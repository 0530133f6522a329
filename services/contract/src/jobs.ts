import { z } from 'zod';
import { ApprovalId, JobId, ParticipantId } from './ids.ts';
import { ParticipantName, Role } from './session.ts';
import { JobKind } from './tools.ts';

/**
 * asking: somebody has to allow it first · queued: waits for a free worker · running · and the four ends. A job has
 * exactly one end, and never leaves it.
 */
export const JOB_STATES = [
  'asking',
  'queued',
  'running',
  'completed',
  'failed',
  'cancelled',
  'denied',
] as const;
export const JobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobState>;
export const JobOutcome = z.enum(['completed', 'failed', 'cancelled', 'denied']);
export type JobOutcome = z.infer<typeof JobOutcome>;

/** Texts in events are bounded; the whole result of a job is fetched by its own route. */
export const MAX_STEP_TEXT = 2_000;
export const MAX_RESULT_EXCERPT = 8_000;
export const MAX_RESULT = 2_000_000;
/** Steps of one job that become events; what comes after them is counted only. */
export const MAX_STEPS = 300;

/** One voice behind a call. `share`: as in a turn. */
export const Asker = z.object({
  participantId: ParticipantId,
  name: ParticipantName,
  role: Role,
  share: z.number().min(0).max(1),
});
export type Asker = z.infer<typeof Asker>;

/** What led to a tool call: whose words, and which. The call has the rights of whoever said them. */
export const CallCause = z.object({
  /** Empty when nobody is known to have said anything. */
  askers: z.array(Asker).max(50),
  /** Part of the time in which two or more spoke at once, 0…1; 0 for text. */
  overlap: z.number().min(0).max(1),
  by: z.enum(['voice', 'text', 'both', 'nobody']),
  /** What was said or typed. */
  words: z.string().max(4_000),
});
export type CallCause = z.infer<typeof CallCause>;

/** allowed: at once, by policy · asked: somebody with the right has to allow it · refused: it can never be done. */
export const AuthorityDecision = z.enum(['allowed', 'asked', 'refused']);
export type AuthorityDecision = z.infer<typeof AuthorityDecision>;

/** What a job does just now, in words; `file` and `command` carry more in `detail` (a unified diff, an output). */
export const JobStep = z.object({
  kind: z.enum(['note', 'message', 'handoff', 'tool', 'file', 'command', 'error']),
  /** Who of a team did it. */
  agent: z.string().max(80).nullable().default(null),
  text: z.string().max(MAX_STEP_TEXT),
  detail: z.string().max(MAX_RESULT_EXCERPT).nullable().default(null),
});
export type JobStep = z.infer<typeof JobStep>;

/** A file that a job has changed, with lines added and removed; null for a file that is no text. */
export const ChangedFile = z.object({
  path: z.string().max(400),
  change: z.enum(['added', 'modified', 'deleted']),
  added: z.number().int().min(0).nullable(),
  removed: z.number().int().min(0).nullable(),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

/** Who decided, steered or cancelled: null for the assistant itself, on somebody's words, or for time that ran out. */
const actor = { participantId: ParticipantId.nullable(), name: ParticipantName.nullable() };
const ofJob = { jobId: JobId, number: z.number().int().min(1) };

/** The facts about tools and jobs, in the order in which they may come. */
export const JOB_EVENT_DATA = {
  /** What became of a call of the model, by whose rights. `job` when one came of it. */
  'tool:decided': z.object({
    callId: z.string(),
    tool: z.string(),
    decision: AuthorityDecision,
    /** In words: "Anna is owner", "Ben and Chloe spoke at once". */
    reason: z.string(),
    cause: CallCause,
    job: z.object(ofJob).nullable(),
  }),
  'job:created': z.object({
    ...ofJob,
    kind: JobKind,
    task: z.string().max(8_000),
    cause: CallCause,
    state: z.enum(['asking', 'queued']),
  }),
  /** Devices with one of `roles` are asked. Of a whole job, or of one thing that a running job wants to do. */
  'approval:requested': z.object({
    ...ofJob,
    approvalId: ApprovalId,
    what: z.string().max(MAX_STEP_TEXT),
    detail: z.string().max(MAX_RESULT_EXCERPT).nullable(),
    why: z.string().max(500),
    roles: z.array(Role),
    /** Milliseconds since the epoch: no answer until then means no. */
    expiresAt: z.number().int(),
  }),
  'approval:decided': z.object({
    ...ofJob,
    approvalId: ApprovalId,
    decision: z.enum(['approved', 'denied', 'expired', 'withdrawn']),
    ...actor,
  }),
  /** `attempt` counts from 1; above it the job was taken up again after its worker was lost. */
  'job:started': z.object({ ...ofJob, attempt: z.number().int().min(1) }),
  'job:progressed': z.object({
    ...ofJob,
    /** Counts from 1 in each attempt. */
    index: z.number().int().min(1),
    attempt: z.number().int().min(1),
    step: JobStep,
    costUsd: z.number().min(0).nullable(),
  }),
  'job:steered': z.object({ ...ofJob, instruction: z.string().max(4_000), ...actor }),
  'job:cancelling': z.object({ ...ofJob, ...actor }),
  'job:finished': z.object({
    ...ofJob,
    outcome: JobOutcome,
    /** The result, or why there is none; its beginning when it is long. */
    text: z.string().max(MAX_RESULT_EXCERPT),
    truncated: z.boolean(),
    files: z.array(ChangedFile).max(200),
    /** What can be fetched of it. */
    artifacts: z.array(z.enum(['result', 'patch', 'zip'])),
    costUsd: z.number().min(0).nullable(),
    durationMs: z.number().min(0),
  }),
} as const;

/**
 * A job as `GET /api/sessions/:id/jobs` shows it, made of the facts about it. Times are milliseconds since the epoch;
 * `text` is as in `job:finished`, '' before.
 */
export const JobView = z.object({
  jobId: JobId,
  number: z.number().int().min(1),
  kind: JobKind,
  state: JobState,
  task: z.string(),
  cause: CallCause,
  attempt: z.number().int().min(0),
  costUsd: z.number().min(0).nullable(),
  createdAt: z.number().int(),
  startedAt: z.number().int().nullable(),
  endedAt: z.number().int().nullable(),
  text: z.string(),
  truncated: z.boolean(),
  files: z.array(ChangedFile),
  artifacts: z.array(z.enum(['result', 'patch', 'zip'])),
});
export type JobView = z.infer<typeof JobView>;
export const JobList = z.object({ jobs: z.array(JobView) });

/** Socket commands about jobs; each needs a role that the policy of the job's kind names in `approve`, or its asker. */
export const JOB_COMMANDS = {
  'approval:decide': {
    request: z.object({ approvalId: ApprovalId, approve: z.boolean() }),
    reply: z.object({ decision: z.enum(['approved', 'denied', 'expired', 'withdrawn']) }),
  },
  'job:cancel': { request: z.object({ jobId: JobId }), reply: z.object({ state: JobState }) },
  'job:steer': {
    request: z.object({ jobId: JobId, instruction: z.string().trim().min(1).max(4_000) }),
    reply: z.object({}),
  },
} as const;
export type JobCommand = keyof typeof JOB_COMMANDS;

/** Body of `POST /api/sessions/:id/approvals/:approvalId`, and of `POST …/jobs/:jobId/steer`; cancelling has none. */
export const DecideApproval = z.strictObject({ approve: z.boolean() });
export const SteerJob = z.strictObject({ instruction: JOB_COMMANDS['job:steer'].request.shape.instruction });
