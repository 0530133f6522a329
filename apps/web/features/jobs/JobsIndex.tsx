'use client';
import { useJobs } from './InJobs.tsx';
import { JobFigures } from './JobFigures.tsx';
import { KIND_ICONS } from './JobCard.tsx';
import { JobState } from './JobState.tsx';
import { type Job, listJobs } from './jobsModel.ts';
import { askersOf } from './jobWords.ts';

/** All jobs of a session in short; each leads to its card in the transcript. Nothing when there were none. */
export function JobsIndex() {
  const view = useJobs();
  if (view === null || view.jobs.byId.size === 0) return null;
  return (
    <section
      aria-labelledby="jobs-heading"
      className="mt-6 rounded-card border border-line bg-surface p-5 sm:p-8"
      data-testid="jobs-index"
    >
      <h2 id="jobs-heading" className="mb-3 text-lg font-semibold">
        Jobs
      </h2>
      <ol className="flex flex-col">
        {listJobs(view.jobs)
          .toReversed()
          .map((job) => (
            <li key={job.jobId}>
              <Row job={job} />
            </li>
          ))}
      </ol>
    </section>
  );
}

function Row({ job }: { job: Job }) {
  const Icon = KIND_ICONS[job.kind];
  return (
    <a
      href={`#job-${job.number}`}
      className="-mx-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-xl px-2 py-2 transition-colors hover:bg-sunk"
    >
      <Icon aria-hidden className="size-4 shrink-0 text-assistant" />
      <span className="min-w-0 flex-[1_1_14rem]">
        <span className="line-clamp-1 font-medium">
          {job.number}. {job.task}
        </span>
        <span className="block text-[0.8125rem] text-ink-faint">for {askersOf(job.cause)}</span>
      </span>
      <JobFigures job={job} />
      <JobState job={job} />
    </a>
  );
}
