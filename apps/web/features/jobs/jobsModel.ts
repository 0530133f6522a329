import type {
  ApprovalId,
  AuthorityDecision,
  CallCause,
  EventData,
  JobId,
  JobKind,
  JobState,
  JobStep,
  ParticipantView,
  Role,
  SessionEvent,
  ToolPolicies,
} from '@parley/contract';

/** Something that somebody has to allow. `decision` is null until one has, or time has run out. */
export interface Ask {
  approvalId: ApprovalId;
  what: string;
  detail: string | null;
  why: string;
  roles: readonly Role[];
  /** Milliseconds since the epoch. */
  expiresAt: number;
  decision: EventData<'approval:decided'>['decision'] | null;
  /** Who decided. */
  by: string | null;
}

/** What a job did, and when. */
export interface StepTaken {
  /** Which of all its steps, from 1. */
  place: number;
  attempt: number;
  at: number;
  step: JobStep;
}

/** What somebody told a running job. */
export interface Steer {
  at: number;
  instruction: string;
  /** Null: the assistant, on request. */
  name: string | null;
}

export type JobEnd = Omit<EventData<'job:finished'>, 'jobId' | 'number' | 'costUsd'>;

/** A job, as the facts of the session tell of it. Times are milliseconds since the epoch. */
export interface Job {
  jobId: JobId;
  number: number;
  kind: JobKind;
  task: string;
  cause: CallCause;
  /** Why it may be done, or has to be allowed first. */
  reason: string | null;
  state: JobState;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  attempt: number;
  steps: readonly StepTaken[];
  costUsd: number | null;
  asks: readonly Ask[];
  steers: readonly Steer[];
  /** Somebody has stopped it, and it is not over yet. */
  cancelling: boolean;
  end: JobEnd | null;
}

export interface JobsModel {
  readonly byId: ReadonlyMap<JobId, Job>;
  /** Decisions that were told before their job. */
  readonly reasons: ReadonlyMap<JobId, { decision: AuthorityDecision; reason: string }>;
}

export const noJobs: JobsModel = { byId: new Map(), reasons: new Map() };

/** The jobs after a fact; the same object when it is about something else, or about a job that is not known. */
export function applyJobEvent(jobs: JobsModel, event: SessionEvent): JobsModel {
  if (event.type === 'tool:decided') return decided(jobs, event.data);
  if (event.type === 'job:created') return created(jobs, event);
  if (!isAboutJob(event)) return jobs;
  const before = jobs.byId.get(event.data.jobId);
  const after = before && step(before, event);
  return after === undefined || after === before ? jobs : put(jobs, after);
}

const ABOUT = [
  'approval:requested',
  'approval:decided',
  'job:started',
  'job:progressed',
  'job:steered',
  'job:cancelling',
  'job:finished',
] as const;
type AboutJob = Extract<SessionEvent, { type: (typeof ABOUT)[number] }>;
const isAboutJob = (event: SessionEvent): event is AboutJob => ABOUT.some((type) => type === event.type);

const put = (jobs: JobsModel, job: Job): JobsModel => ({
  ...jobs,
  byId: new Map(jobs.byId).set(job.jobId, job),
});

function decided(jobs: JobsModel, { job, decision, reason }: EventData<'tool:decided'>): JobsModel {
  if (job === null) return jobs;
  const known = jobs.byId.get(job.jobId);
  // What the model calls about a job that is there (cancel it, steer it) is decided too.
  if (known) return known.reason === null ? put(jobs, { ...known, reason }) : jobs;
  return { ...jobs, reasons: new Map(jobs.reasons).set(job.jobId, { decision, reason }) };
}

function created(jobs: JobsModel, { at, data }: Extract<SessionEvent, { type: 'job:created' }>): JobsModel {
  if (jobs.byId.has(data.jobId)) return jobs;
  return put(jobs, {
    ...data,
    reason: jobs.reasons.get(data.jobId)?.reason ?? null,
    createdAt: at,
    startedAt: null,
    endedAt: null,
    attempt: 0,
    steps: [],
    costUsd: null,
    asks: [],
    steers: [],
    cancelling: false,
    end: null,
  });
}

function step(job: Job, event: AboutJob): Job {
  switch (event.type) {
    case 'approval:requested':
      return requested(job, event.data);
    case 'approval:decided':
      return answered(job, event.data);
    case 'job:started': {
      const { attempt } = event.data;
      return isOver(job) ? job : { ...job, state: 'running', attempt, startedAt: job.startedAt ?? event.at };
    }
    case 'job:progressed':
      return progressed(job, event);
    case 'job:steered': {
      const { instruction, name } = event.data;
      return { ...job, steers: [...job.steers, { at: event.at, instruction, name }] };
    }
    case 'job:cancelling':
      return isOver(job) ? job : { ...job, cancelling: true };
    case 'job:finished':
      return finished(job, event);
    default:
      return event satisfies never;
  }
}

function requested(job: Job, data: EventData<'approval:requested'>): Job {
  if (job.asks.some(({ approvalId }) => approvalId === data.approvalId)) return job;
  const { approvalId, what, detail, why, roles, expiresAt } = data;
  const ask: Ask = { approvalId, what, detail, why, roles, expiresAt, decision: null, by: null };
  return { ...job, asks: [...job.asks, ask] };
}

function answered(job: Job, { approvalId, decision, name }: EventData<'approval:decided'>): Job {
  const asks = job.asks.map((ask) =>
    ask.approvalId === approvalId && ask.decision === null ? { ...ask, decision, by: name } : ask,
  );
  // Of the whole job only while it waits for that.
  const queued = job.state === 'asking' && decision === 'approved';
  return { ...job, asks, state: queued ? 'queued' : job.state };
}

function progressed(job: Job, { at, data }: Extract<SessionEvent, { type: 'job:progressed' }>): Job {
  const { step: taken, attempt, costUsd } = data;
  const place = job.steps.length + 1;
  const steps = [...job.steps, { place, attempt, at, step: taken }];
  return { ...job, steps, costUsd: costUsd ?? job.costUsd };
}

function finished(job: Job, { at, data }: Extract<SessionEvent, { type: 'job:finished' }>): Job {
  if (isOver(job)) return job;
  const { jobId: _, number: __, costUsd, ...end } = data;
  return {
    ...job,
    state: end.outcome,
    endedAt: at,
    costUsd: costUsd ?? job.costUsd,
    cancelling: false,
    end,
  };
}

export const isOver = ({ end }: Pick<Job, 'end'>): boolean => end !== null;

/** The newest first. */
export const listJobs = ({ byId }: JobsModel): Job[] =>
  [...byId.values()].toSorted((a, b) => b.number - a.number);

export const countOpen = ({ byId }: JobsModel): number =>
  [...byId.values()].filter((job) => !isOver(job)).length;

export const isAnyRunning = ({ byId }: JobsModel): boolean =>
  [...byId.values()].some((job) => job.state === 'running');

/** What waits to be allowed at this moment, the most pressing first. */
export function openAsks({ byId }: JobsModel, now: number): { job: Job; ask: Ask }[] {
  return [...byId.values()]
    .filter((job) => !isOver(job))
    .flatMap((job) => job.asks.filter((ask) => isOpen(ask, now)).map((ask) => ({ job, ask })))
    .toSorted((a, b) => a.ask.expiresAt - b.ask.expiresAt);
}

export const isOpen = (ask: Ask, now: number): boolean => ask.decision === null && ask.expiresAt > now;

/** Whether somebody may allow it. */
export const mayDecide = (ask: Ask, me: Pick<ParticipantView, 'role'>): boolean =>
  ask.roles.includes(me.role);

/** Whether somebody may stop and steer a job: who may allow such jobs, and whoever asked for it. */
export function maySteer(
  job: Pick<Job, 'kind' | 'cause'>,
  me: Pick<ParticipantView, 'id' | 'role'>,
  policies: ToolPolicies,
): boolean {
  return (
    policies[job.kind].approve.includes(me.role) ||
    job.cause.askers.some(({ participantId }) => participantId === me.id)
  );
}

/** How long it took, or has taken until now, ms; 0 before it began. */
export function elapsedMs({ startedAt, endedAt, end }: Job, now: number): number {
  if (end !== null) return end.durationMs;
  return startedAt === null ? 0 : Math.max(0, (endedAt ?? now) - startedAt);
}
