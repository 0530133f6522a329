import type { JobState } from '@parley/contract';
import type { Actor, JobRecord } from './records.ts';

/** Outputs for the model are JSON; what people read is plain text. */
const json = (output: object) => JSON.stringify(output);
const named = ({ name }: Actor) => name ?? 'the assistant, on request';

export const begun = ({ number, task }: JobRecord) =>
  json({
    job: number,
    state: 'started',
    task: short(task),
    say: `Say in a few words that job ${number} has started and go on talking. You will be told its result later.`,
  });

export const asked = ({ number, task }: JobRecord, why: string, withinMs: number) =>
  json({
    job: number,
    state: 'waits to be allowed',
    task: short(task),
    why,
    say: `Somebody with the right to allow it is asked on their device and has ${Math.round(withinMs / 1_000)} seconds. Say so in a few words. You will be told what they decide.`,
  });

export const refused = (why: string) => json({ error: `${why}.` });

export const status = (jobs: readonly JobRecord[], of: (job: JobRecord) => JobState, at: number) =>
  json({
    jobs: jobs.map((job) => ({
      job: job.number,
      kind: job.kind,
      task: short(job.task),
      state: job.cancelling && job.state.at === 'running' ? 'is being stopped' : of(job),
      ...(job.latest ? { latest: job.latest } : {}),
      ...(job.costUsd === null ? {} : { costUsd: job.costUsd }),
      seconds: Math.round(((job.endedAt ?? at) - job.createdAt) / 1_000),
    })),
    ...(jobs.length === 0 ? { say: 'There are no jobs in this session yet.' } : {}),
  });

export const cancelled = ({ number }: JobRecord, state: JobState) =>
  json({ job: number, state: state === 'running' ? 'is being stopped' : state });

export const steered = ({ number }: JobRecord) => json({ job: number, state: 'has been told' });

export const cancelledBy = (by: Actor) => `Cancelled by ${named(by)}.`;
export const deniedBy = (by: Actor) => `Not allowed: ${named(by)} said no.`;
export const nobodyAnswered = ({ policy }: JobRecord) =>
  `Not allowed: nobody answered in time (${policy.approve.join(', ')} could have).`;
export const stopped =
  'The server that ran it was stopped. It is not started again by itself, because part of the work may be done.';
export const tooLong = (ms: number) =>
  `It was stopped: it took longer than ${ms < 120_000 ? `${ms / 1_000} seconds` : `${Math.round(ms / 60_000)} minutes`}.`;
export const sessionEnded = 'The session has ended.';
export const lost = (attempts: number) =>
  attempts > 1
    ? `The process that ran it was lost ${attempts} times. It is not tried again.`
    : 'The process that ran it was lost. It is not started again by itself, because part of the work may be done.';

const short = (task: string) => (task.length > 200 ? `${task.slice(0, 199)}…` : task);
