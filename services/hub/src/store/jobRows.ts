import { JobView } from '@parley/contract';
import type { Prisma } from './database.ts';
import type { JobModel } from './generated/models/Job.ts';

/** A row as it is shown. What was checked when it was written is checked again. */
export const toJob = ({ id, createdAt, startedAt, endedAt, ...row }: JobModel): JobView =>
  JobView.parse({
    ...row,
    jobId: id,
    createdAt: createdAt.getTime(),
    startedAt: startedAt?.getTime() ?? null,
    endedAt: endedAt?.getTime() ?? null,
  });

const date = (at: number | null) => (at === null ? null : new Date(at));

export const toJobRow = (sessionId: string, job: JobView): Prisma.JobUncheckedCreateInput => {
  const { jobId: id, createdAt, startedAt, endedAt, ...rest } = job;
  return {
    id,
    sessionId,
    ...rest,
    createdAt: new Date(createdAt),
    startedAt: date(startedAt),
    endedAt: date(endedAt),
  };
};
