import type {
  ApprovalId,
  JobControl,
  JobId,
  JobKind,
  JobPayload,
  NewEvent,
  Notice,
  SessionId,
} from '@parley/contract';
import type { ApprovalRecord, JobRecord, SessionDesk } from './records.ts';

/** Which part of a session's jobs a change is about. */
export interface About {
  callId?: string;
  jobId?: JobId;
  /** Instead of the ID: job 7 of the session. */
  number?: number;
  approvalId?: ApprovalId;
}

/** What is so before a change. */
export interface View {
  desk: SessionDesk;
  /** What the model was answered to this call, if it was. */
  answered: string | undefined;
  job: JobRecord | undefined;
  /** The one asked for, or all that the job waits for. */
  approvals: readonly ApprovalRecord[];
}

/** What is to be so, in one step, and the facts about it. */
export interface Change {
  desk?: SessionDesk;
  job?: JobRecord;
  approvals?: readonly ApprovalRecord[];
  /** JSON of a new job's arguments. */
  arguments?: string;
  answer?: { callId: string; output: string };
  facts?: readonly NewEvent[];
  notice?: Notice;
  control?: JobControl;
  /** The run that has the job from now on lives for so long without a word of it. */
  lease?: { run: string; ms: number };
}

export type Decided<Result> = { change?: Change; result: Result };
/** The same change, told otherwise. */
export const as = <Result>({ change }: Decided<unknown>, result: Result): Decided<Result> =>
  change ? { change, result } : { result };

/**
 * The jobs of all sessions. A change happens whole or not at all, with its facts, and only if nothing it was decided by
 * has changed meanwhile; otherwise `decide` is asked anew with what is so then.
 */
export interface JobStore {
  transact<Result>(id: SessionId, about: About, decide: (view: View) => Decided<Result>): Promise<Result>;
  view(id: SessionId, about: About): Promise<View>;
  /** JSON of its arguments; undefined when the job is over. */
  argumentsOf(id: SessionId, jobId: JobId): Promise<string | undefined>;
  /** Jobs that have no end. */
  open(): Promise<{ sessionId: SessionId; jobId: JobId }[]>;
  /** Whether the hubs still have the session. */
  isLive(id: SessionId): Promise<boolean>;
  /** Whether the process of this run has been heard of lately. */
  isAlive(run: string): Promise<boolean>;
  keepAlive(run: string, ms: number): Promise<void>;
  release(run: string): Promise<void>;
}

/** The queues that carry jobs to whoever works. Each call is harmless when repeated. */
export interface JobQueues {
  add(payload: JobPayload): Promise<void>;
  /** Takes an entry out that nobody has taken yet. */
  remove(kind: JobKind, jobId: JobId): Promise<void>;
  /** there: waits or is worked on · over: done or failed, still shown · missing. */
  find(kind: JobKind, jobId: JobId): Promise<'there' | 'over' | 'missing'>;
  /** Asks the desk to look at an approval when its time is over. */
  expireAt(sessionId: SessionId, approvalId: ApprovalId, at: number): Promise<void>;
}

export interface Limits {
  /** Jobs of one session that run at once. */
  jobsPerSession: number;
  /** Jobs that one session may begin in a minute. */
  jobsPerMinute: number;
  /** So long somebody may answer, ms. */
  approvalMs: number;
}
