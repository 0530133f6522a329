import { IceServer } from '@parley/contract';
import { envFlag, envLogLevel, envPort } from '@parley/kit/env';
import { tracingEnv } from '@parley/kit/startTracing';
import { z } from 'zod';

const origin = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text).origin);
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'Expected JSON' });
    return z.NEVER;
  }
});
const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((each) => each.trim() || []));
const positive = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

/** Every key that the hub reads from the environment; `.env.example` explains each. */
export const HubConfig = z.object({
  LOG_LEVEL: envLogLevel,
  HOST: z.string().default('127.0.0.1'),
  PORT: envPort.default(3_000),
  PUBLIC_URL: origin.optional(),
  WEB_URL: origin.default('http://127.0.0.1:3001'),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  TOKEN_SECRET: z.string().min(32, 'At least 32 characters'),
  ALLOWED_ORIGINS: list.pipe(z.array(origin)),
  TRUST_PROXY: z.string().default('loopback'),
  ICE_SERVERS: json.pipe(z.array(IceServer)).default([]),
  TURN_URLS: list.pipe(z.array(z.string().regex(/^turns?:\S+$/, 'Expected turn:host:port'))),
  TURN_SECRET: z.string().min(16, 'At least 16 characters').optional(),
  TURN_TTL_SECONDS: positive(43_200),
  MAX_PARTICIPANTS: positive(16),
  RECONNECT_GRACE_MS: positive(30_000),
  SESSION_IDLE_MS: positive(1_800_000),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).default(300),
  EVENTS_ALARM_AT: positive(50_000),
  PUBLIC_HISTORY: envFlag.default(false),
  ADMIN_TOKEN: z.string().min(16, 'At least 16 characters').optional(),
  ADMIN_FOR_OWNERS: envFlag.default(false),
  METRICS_TOKEN: z.string().min(16, 'At least 16 characters').optional(),
  ...tracingEnv,
});
export type HubConfig = Readonly<z.output<typeof HubConfig>>;
