import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from '@parley/kit/redis';
import { canTake, whyNone } from './session/placement.ts';
import type { MixerRegistry } from './session/ports.ts';

const WITHIN_MS = 2_000;

type Check = () => Promise<{ ok: boolean; message: string }>;

async function within<Result>(what: string, answer: Promise<Result>): Promise<Result> {
  const timer = new AbortController();
  const late = delay(WITHIN_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${what} does not answer within ${WITHIN_MS / 1_000} s.`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

/** What a hub needs before it can let anybody in. */
export function readinessChecks(parts: {
  redis: Redis;
  postgres: () => Promise<boolean>;
  mixers: MixerRegistry;
  /** How much waits for Postgres, in words. */
  backlog: { readonly words: string };
  tools: { workers(): Promise<number> };
}): Record<'redis' | 'postgres' | 'mixer' | 'events' | 'tools', Check> {
  return {
    redis: async () => {
      await within('Redis', parts.redis.ping());
      return { ok: true, message: 'Redis answers.' };
    },
    postgres: async () => {
      const ok = await within('Postgres', parts.postgres());
      return { ok, message: ok ? 'Postgres answers.' : 'Postgres does not answer. See DATABASE_URL.' };
    },
    mixer: async () => {
      const records = await within('Redis', parts.mixers.list());
      const ready = records.filter(canTake).length;
      const message = ready > 0 ? `${ready} of ${records.length} can take a room.` : whyNone(records);
      return { ok: ready > 0, message };
    },
    // Nor this: jobs wait until somebody takes them.
    tools: async () => {
      const count = await within('Redis', parts.tools.workers()).catch(() => undefined);
      if (count === undefined) return { ok: true, message: 'It is not known how many processes take jobs.' };
      return { ok: true, message: count > 0 ? `${count} take jobs.` : 'No process takes jobs: they wait.' };
    },
    // Never a reason to turn people away: they can talk while events wait.
    events: async () => ({ ok: true, message: parts.backlog.words }),
  };
}
