import { envFlag, envLogLevel, envPort } from '@parley/kit/env';
import { z } from 'zod';

/** What the environment may set. Every key is explained in .env.example. */
export const SimulatorConfig = z.object({
  LOG_LEVEL: envLogLevel,
  HOST: z.string().default('127.0.0.1'),
  PORT: envPort.default(3005),
  SIMULATOR_SCENARIO: z.string().optional(),
  SIMULATOR_SESSION_SECONDS: z.coerce.number().positive().default(3600),
  SIMULATOR_INSPECT: envFlag.default(false),
  SIMULATOR_INSPECT_MINUTES: z.coerce.number().positive().max(120).default(5),
});
