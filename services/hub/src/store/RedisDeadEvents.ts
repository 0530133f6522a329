import { keys } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import { z } from 'zod';
import type { DeadEvent, DeadEvents } from '../session/ports.ts';

const Stored = z.object({
  id: z.string(),
  fields: z.record(z.string(), z.string()),
  reason: z.string(),
  at: z.number(),
});

/** Entries of the log that the writer has set aside, in Redis. */
export class RedisDeadEvents implements DeadEvents {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async page(offset: number, limit: number): Promise<{ total: number; events: DeadEvent[] }> {
    const [total, texts] = await Promise.all([
      this.#redis.llen(keys.deadEvents),
      // The writer adds at the end.
      this.#redis.lrange(keys.deadEvents, -(offset + limit), -(offset + 1)),
    ]);
    return { total, events: texts.toReversed().map(read) };
  }
}

function read(text: string): DeadEvent {
  try {
    const { id, fields, reason, at } = Stored.parse(JSON.parse(text));
    return { entry: id, reason, at, seq: fields['seq'] ?? null, body: fields['body'] ?? text };
  } catch {
    return { entry: '', reason: 'unreadable', at: 0, seq: null, body: text };
  }
}
