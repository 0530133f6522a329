import { envLogLevel, envPort } from '@parley/kit/env';
import { tracingEnv } from '@parley/kit/startTracing';
import { z } from 'zod';
import { runnersEnv } from './jobs/runnersEnv.ts';

const positive = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

/** Every key that the tools read from the environment; `.env.example` explains each. */
export const ToolsConfig = z.object({
  LOG_LEVEL: envLogLevel,
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  JOB_TIMEOUT_MS: positive(1_800_000),
  JOB_LEASE_MS: z.coerce.number().int().min(500).default(10_000),
  APPROVAL_TIMEOUT_MS: z.coerce.number().int().min(100).default(60_000),
  JOBS_PER_SESSION: positive(3),
  JOBS_PER_MINUTE: positive(10),
  TEAM_CONCURRENCY: positive(10),
  CODE_CONCURRENCY: positive(4),
  METRICS_PORT: envPort.default(0),
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  ...runnersEnv,
  ...tracingEnv,
});
export type ToolsConfig = Readonly<z.output<typeof ToolsConfig>>;
