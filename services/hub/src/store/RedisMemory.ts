import type { Redis } from '@parley/kit/redis';
import type { Memory } from '../session/ports.ts';

/** Whether the connection to Redis stands. Commands wait for it to come back; whoever asked should not. */
export class RedisMemory implements Memory {
  readonly #redis: Redis;
  readonly #handlers = new Set<() => void>();

  constructor(redis: Redis) {
    this.#redis = redis;
    redis.on('close', () => {
      for (const handler of this.#handlers) handler();
    });
  }

  get isThere(): boolean {
    return this.#redis.status === 'ready';
  }

  onLost(handler: () => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }
}
