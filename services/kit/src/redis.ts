import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Log } from './log.ts';

export type { Redis } from 'ioredis';

/** A connection that reconnects for ever, at most 2 s apart, and queues commands meanwhile. */
export function createRedis(url: string, log: Log, name: string): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2_000),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log.warn({ err: error, connection: name }, 'redis away, retrying');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({ connection: name }, 'redis back');
    away = false;
  });
  return redis;
}

/** Waits for the first PING to be answered; clients retry for ever, a start must not. */
export async function waitForRedis(redis: Redis, withinMs: number): Promise<void> {
  const timer = new AbortController();
  const late = delay(withinMs, undefined, { signal: timer.signal }).then(() => {
    const { host, port } = redis.options;
    throw new Error(
      `Redis at ${host}:${port} did not answer within ${withinMs / 1000} s. Is it running? See REDIS_URL.`,
    );
  });
  try {
    await Promise.race([redis.ping(), late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

/** Closes politely, at once if the server is away. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect());
  else redis.disconnect();
}
