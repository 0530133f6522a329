import type { JobId } from '@parley/contract';
import type { Limits } from './ports.ts';
import type { SessionDesk } from './records.ts';

/** Lets waiting jobs come next, in their order, as many as may run at once. */
export function admit(desk: SessionDesk, { jobsPerSession }: Pick<Limits, 'jobsPerSession'>): SessionDesk {
  const free = Math.max(0, jobsPerSession - desk.admitted.length);
  if (free === 0 || desk.waiting.length === 0) return desk;
  return {
    ...desk,
    admitted: [...desk.admitted, ...desk.waiting.slice(0, free)],
    waiting: desk.waiting.slice(free),
  };
}

/** A job has ended: its place is free for the next one. */
export function leave(desk: SessionDesk, jobId: JobId, limits: Pick<Limits, 'jobsPerSession'>): SessionDesk {
  const others = (ids: readonly JobId[]) => ids.filter((id) => id !== jobId);
  return admit({ ...desk, admitted: others(desk.admitted), waiting: others(desk.waiting) }, limits);
}

/** Those that may be taken now and might not before. */
export function admittedSince(before: SessionDesk, after: SessionDesk | undefined): JobId[] {
  return (after?.admitted ?? []).filter((id) => !before.admitted.includes(id));
}
