'use client';
import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { Dialog } from '../../components/Dialog.tsx';
import { cx } from '../../lib/cx.ts';
import { useJobs } from './InJobs.tsx';
import { JobCard } from './JobCard.tsx';
import { countOpen, isAnyRunning, listJobs } from './jobsModel.ts';

/** How many jobs there are to do; a tap lists all of the session. */
export function JobsChip() {
  const view = useJobs();
  const [open, setOpen] = useState(false);
  if (view === null || view.jobs.byId.size === 0) return null;
  const jobs = listJobs(view.jobs);
  const count = countOpen(view.jobs);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-label={
          count === 0 ? `Jobs: ${jobs.length}, all over` : `Jobs: ${count} of ${jobs.length} not over`
        }
        data-testid="jobs-chip"
        data-open={count}
        className={cx(
          'inline-flex h-9 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-sm font-medium tabular-nums transition-colors',
          count > 0 ? 'bg-assistant-soft text-assistant' : 'text-ink-soft hover:bg-sunk hover:text-ink',
        )}
      >
        <ListChecks aria-hidden className="size-4" />
        {count > 0 ? count : jobs.length}
        {count > 0 && (
          <span className="max-sm:hidden">{isAnyRunning(view.jobs) ? 'at work' : 'waiting'}</span>
        )}
      </button>
      <Dialog open={open} onOpenChange={setOpen} title="Jobs" description="What the assistant has had done.">
        <ol className="flex flex-col gap-2" data-testid="jobs-list">
          {jobs.map(({ jobId }) => (
            <li key={jobId}>
              <JobCard jobId={jobId} where="list" />
            </li>
          ))}
        </ol>
      </Dialog>
    </>
  );
}
