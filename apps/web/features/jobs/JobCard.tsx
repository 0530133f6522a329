'use client';
import type { JobId, JobKind } from '@parley/contract';
import { Code2, type LucideIcon, Users } from 'lucide-react';
import { Fragment } from 'react';
import { PersonText } from '../../components/PersonText.tsx';
import { timeOfDay } from '../../lib/format.ts';
import { AskBox } from './AskBox.tsx';
import { useJob } from './InJobs.tsx';
import { JobActions } from './JobActions.tsx';
import { JobFigures } from './JobFigures.tsx';
import { JobResult } from './JobResult.tsx';
import { JobState } from './JobState.tsx';
import { JobSteps } from './JobSteps.tsx';
import type { Job } from './jobsModel.ts';
import { askersOf, KIND_WORDS, wayOf } from './jobWords.ts';

export const KIND_ICONS: Record<JobKind, LucideIcon> = { nested_team: Users, code: Code2 };

/** A job and all that may be done about it. `where`: cards of one job may stand in several places. */
export function JobCard({ jobId, where }: { jobId: JobId; where: 'talk' | 'list' }) {
  const job = useJob(jobId);
  if (job === undefined) return null;
  const Icon = KIND_ICONS[job.kind];
  return (
    <article
      id={where === 'talk' ? `job-${job.number}` : undefined}
      aria-label={`Job ${job.number}`}
      data-testid="job-card"
      data-number={job.number}
      data-state={job.state}
      className="my-1 scroll-mt-4 rounded-2xl border border-line bg-raised px-3.5 py-3 shadow-card"
    >
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Icon aria-hidden className="size-4 shrink-0 text-assistant" />
        <h3 className="text-sm font-semibold">
          Job {job.number} <span className="font-normal text-ink-faint">· {KIND_WORDS[job.kind].title}</span>
        </h3>
        <span className="flex-1" />
        <JobFigures job={job} />
        <JobState job={job} />
      </header>
      <p className="mt-2 line-clamp-4 font-medium break-words whitespace-pre-wrap">{job.task}</p>
      <Cause job={job} />
      {job.asks.map((ask) => (
        <AskBox key={ask.approvalId} ask={ask} />
      ))}
      <JobSteps job={job} />
      {job.steers.map((steer) => (
        <p key={`${steer.at} ${steer.instruction}`} className="mt-2 text-sm" data-testid="job-steered">
          <span className="text-ink-faint">{steer.name ?? 'The assistant'} told it:</span> {steer.instruction}
        </p>
      ))}
      <JobActions job={job} />
      <JobResult job={job} />
    </article>
  );
}

/** Who asked for it, by which words, and why that was enough. */
function Cause({ job: { cause, createdAt, reason } }: { job: Job }) {
  return (
    <p className="mt-1 text-[0.8125rem] text-ink-soft" data-testid="job-cause">
      {cause.askers.length === 0
        ? askersOf(cause)
        : cause.askers.map(({ participantId, name }, place) => (
            <Fragment key={participantId}>
              {place > 0 && (place === cause.askers.length - 1 ? ' and ' : ', ')}
              <PersonText id={participantId}>{name}</PersonText>
            </Fragment>
          ))}{' '}
      {wayOf(cause)}
      {cause.words === '' ? ' it' : `: “${cause.words}”`} · {timeOfDay(createdAt)}
      {reason !== null && <span className="text-ink-faint"> · {reason}</span>}
    </p>
  );
}
