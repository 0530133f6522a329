import type { JobId } from '@parley/contract';

/** Keeps what jobs brought, for 7 days. */
export interface Artifacts {
  keep(jobId: JobId, name: 'result' | 'patch' | 'zip', content: string | Buffer): Promise<void>;
}
