'use client';
import type { ApprovalId, JobId, ParticipantView, SessionId, ToolPolicies } from '@parley/contract';
import { createContext, use, useMemo, type ReactNode } from 'react';
import { noJobs, type Job, type JobsModel } from './jobsModel.ts';

/** What a person may ask about jobs; each rejects with what the hub says. */
export interface JobActs {
  decide(approvalId: ApprovalId, approve: boolean): Promise<void>;
  cancelJob(jobId: JobId): Promise<void>;
  steer(jobId: JobId, instruction: string): Promise<void>;
}

export interface JobsView {
  jobs: JobsModel;
  sessionId: SessionId;
  policies: ToolPolicies;
  /** Who looks at it, and what they may do; null where it is only read. */
  me: Pick<ParticipantView, 'id' | 'role'> | null;
  acts: JobActs | null;
}

const Context = createContext<JobsView | null>(null);

/** The jobs of the session, for whatever stands inside; null outside. */
export const useJobs = (): JobsView | null => use(Context);

export const useJob = (jobId: JobId): Job | undefined => (useJobs()?.jobs ?? noJobs).byId.get(jobId);

interface Props extends JobsView {
  children: ReactNode;
}

export function InJobs({ jobs, sessionId, policies, me, acts, children }: Props) {
  const id = me?.id;
  const role = me?.role;
  // Not drawn again for every syllable of the transcript.
  const view = useMemo<JobsView>(
    () => ({
      jobs,
      sessionId,
      policies,
      acts,
      me: id === undefined || role === undefined ? null : { id, role },
    }),
    [jobs, sessionId, policies, acts, id, role],
  );
  return <Context value={view}>{children}</Context>;
}
