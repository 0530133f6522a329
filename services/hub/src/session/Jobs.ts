import { AppError } from '@parley/contract';
import type { JobId, JobView, SessionId } from '@parley/contract';
import type { Directory } from './Directory.ts';
import type { History } from './History.ts';
import type { Artifact, Artifacts } from './ports.ts';

export interface JobsOptions {
  history: Pick<History, 'jobs'>;
  directory: Pick<Directory, 'view'>;
  artifacts: Artifacts;
}

/** The jobs of sessions, live or ended, for whoever may read what was said there. */
export class Jobs {
  readonly #options: JobsOptions;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /** By number. Throws `session-not-found`, `not-ready` without the archive. */
  async list(session: SessionId): Promise<JobView[]> {
    const jobs = await this.#options.history.jobs(session);
    if (jobs.length === 0) await this.#options.directory.view(session);
    return jobs;
  }

  /** What a job of the session brought, whole. Throws `job-not-found`. */
  async artifact(
    session: SessionId,
    jobId: JobId,
    name: Artifact,
  ): Promise<{ job: JobView; content: Buffer }> {
    const job = (await this.list(session)).find((each) => each.jobId === jobId);
    if (!job) throw new AppError('job-not-found', 'There is no such job in this session.');
    const content = await this.#options.artifacts.read(jobId, name);
    if (content) return { job, content };
    throw new AppError(
      'job-not-found',
      job.artifacts.includes(name)
        ? `This is not kept any more: results are for 7 days.`
        : `Job ${job.number} has no ${name}.`,
    );
  }
}
