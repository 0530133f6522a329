import type {
  ApprovalId,
  ChangedFile,
  JobId,
  JobKind,
  JobStep,
  SessionId,
  ToolArguments,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';

/** One attempt at a job, as its runner sees it. */
export interface JobRun<Kind extends JobKind = JobKind> {
  readonly sessionId: SessionId;
  readonly jobId: JobId;
  readonly number: number;
  /** Counts from 1. */
  readonly attempt: number;
  readonly arguments: ToolArguments<Kind>;
  /** Aborted when the job is cancelled or out of time; a runner ends all it has started, then rejects. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Tells the room. Never rejects; too many are counted only. */
  progress(step: Partial<JobStep> & Pick<JobStep, 'kind' | 'text'>): void;
  /** What the attempt has cost so far, US dollars. */
  spent(costUsd: number): void;
  /** Instructions that come while it runs; the iteration ends with the job. */
  readonly instructions: AsyncIterable<string>;
  /** Asks those who may approve this kind of job; no answer in time is a no. Rejects when the job is aborted. */
  approve(request: { what: string; detail?: string; why: string }): Promise<Approval>;
}

export interface Approval {
  approvalId: ApprovalId;
  approved: boolean;
  /** In words, for the agent: who said so, or that nobody did. */
  reason: string;
}

/** What a job brought. Bounded by whoever keeps it, not by the runner. */
export interface JobResult {
  /** For people, and told to the assistant: plain text or Markdown. */
  text: string;
  costUsd: number | null;
  files?: readonly ChangedFile[];
  /** A unified diff of all that changed. */
  patch?: string;
  /** The changed files as a zip archive. */
  zip?: Buffer;
}

/**
 * Does jobs of one kind. `repeatable`: a second attempt after a lost worker does no harm. Rejects with a `JobFailure`, whose
 * message is meant for people, or with anything else, which is a fault of ours.
 */
export interface Runner<Kind extends JobKind = JobKind> {
  readonly kind: Kind;
  readonly repeatable: boolean;
  run(run: JobRun<Kind>): Promise<JobResult>;
}

/** A job that did not work out. `retryable`: it may be tried again at once. */
export class JobFailure extends Error {
  readonly retryable: boolean;
  readonly costUsd: number | null;
  constructor(message: string, { retryable = false, costUsd = null, ...options }: FailureOptions = {}) {
    super(message, options);
    this.name = 'JobFailure';
    this.retryable = retryable;
    this.costUsd = costUsd;
  }
}

interface FailureOptions extends ErrorOptions {
  retryable?: boolean;
  costUsd?: number | null;
}
