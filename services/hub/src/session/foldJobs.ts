import type { JobId, JobView, SessionEvent } from '@parley/contract';

const TYPES = ['job:created', 'approval:decided', 'job:started', 'job:progressed', 'job:finished'] as const;
export type JobFact = Extract<SessionEvent, { type: (typeof TYPES)[number] }>;
export const isJobFact = (event: SessionEvent): event is JobFact =>
  (TYPES as readonly string[]).includes(event.type);

/** The job after a fact about it. Undefined while nobody has told that there is one. */
export function applyFact(job: JobView | undefined, event: JobFact): JobView | undefined {
  if (event.type === 'job:created') return job ?? created(event);
  if (!job) return undefined;
  switch (event.type) {
    case 'approval:decided':
      // Of the whole job only while it waits for that; its denial is followed by its end.
      return job.state === 'asking' && event.data.decision === 'approved' ? { ...job, state: 'queued' } : job;
    case 'job:started': {
      const { attempt } = event.data;
      return { ...job, state: 'running', attempt, startedAt: job.startedAt ?? event.at };
    }
    case 'job:progressed':
      return { ...job, costUsd: event.data.costUsd ?? job.costUsd };
    case 'job:finished': {
      const { outcome, text, truncated, files, artifacts, costUsd } = event.data;
      return {
        ...job,
        state: outcome,
        endedAt: event.at,
        text,
        truncated,
        files,
        artifacts,
        costUsd: costUsd ?? job.costUsd,
      };
    }
    default:
      return event satisfies never;
  }
}

/** All jobs, given those that are known already, by number. */
export function foldJobs(known: readonly JobView[], events: readonly SessionEvent[]): JobView[] {
  const jobs = new Map<JobId, JobView>(known.map((job) => [job.jobId, job]));
  for (const event of events.filter(isJobFact)) {
    const job = applyFact(jobs.get(event.data.jobId), event);
    if (job) jobs.set(job.jobId, job);
  }
  return [...jobs.values()].toSorted((a, b) => a.number - b.number);
}

function created({ at, data }: Extract<JobFact, { type: 'job:created' }>): JobView {
  return {
    ...data,
    attempt: 0,
    costUsd: null,
    createdAt: at,
    startedAt: null,
    endedAt: null,
    text: '',
    truncated: false,
    files: [],
    artifacts: [],
  };
}
