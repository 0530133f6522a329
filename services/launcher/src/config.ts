import { envLogLevel, envPort } from '@parley/kit/env';
import { z } from 'zod';

/**
 * The keys that the launcher itself looks at; it hands the whole environment on to what it starts, and each service
 * judges its own keys. `.env.example` explains them.
 */
export const LauncherConfig = z.object({
  LOG_LEVEL: envLogLevel.removeDefault().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: envPort.refine((port) => port > 0, 'Expected 1 to 65535').optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  TOKEN_SECRET: z.string().optional(),
  METRICS_PORT: envPort.default(0),
  PARLEY_CACHE_DIR: z.string().optional(),
  PARLEY_CHROMIUM: z.string().optional(),
});

export type LauncherConfig = Readonly<z.output<typeof LauncherConfig>>;
