'use client';
import { clock, money } from '../../lib/format.ts';
import { useNow } from '../../lib/useNow.ts';
import { elapsedMs, isOver, type Job } from './jobsModel.ts';

/** How long it has taken, and what it has cost. */
export function JobFigures({ job }: { job: Job }) {
  return (
    <span className="shrink-0 text-[0.8125rem] text-ink-faint tabular-nums">
      {job.costUsd !== null && <span data-testid="job-cost">{money(job.costUsd)} · </span>}
      {isOver(job) && clock(elapsedMs(job, 0))}
      {!isOver(job) && job.startedAt !== null && <Running job={job} />}
    </span>
  );
}

function Running({ job }: { job: Job }) {
  return <span data-testid="job-elapsed">{clock(elapsedMs(job, useNow(1_000)))}</span>;
}
