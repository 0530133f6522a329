import { keys, MixerId } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import type { MixerWatch } from '../session/ports.ts';

/** A mixer to whose channel nobody listens at two looks that far apart is dead: its connections went with it. */
const DEAF_MS = 200;
/** When Redis was away, records have run out and channels are empty. Everybody gets this long to be back. */
export const SETTLING_MS = 6_000;

/**
 * Knows a dead mixer by its connection, which the system closes at once, and one that hangs, or whose machine is gone,
 * by its lease.
 */
export class RedisMixerWatch implements MixerWatch {
  readonly #redis: Redis;
  readonly #now: () => number;
  readonly #deafSince = new Map<MixerId, number>();
  #settledAt = -Infinity;

  /** `redis` is connected. `now` is monotonic milliseconds. */
  constructor(redis: Redis, now: () => number) {
    this.#redis = redis;
    this.#now = now;
    redis.on('close', () => {
      this.#settledAt = Infinity;
      this.#deafSince.clear();
    });
    redis.on('ready', () => (this.#settledAt = now() + SETTLING_MS));
  }

  /** False while Redis is away and a while after: who is not to be found then is not gone. */
  get settled(): boolean {
    return this.#now() >= this.#settledAt;
  }

  async gone(): Promise<MixerId[]> {
    if (!this.settled) return [];
    const ids = await this.#redis.smembers(keys.mixers);
    const known = ids.flatMap((id) => MixerId.safeParse(id).data ?? []);
    if (known.length === 0) return [];
    const [records, ears] = await Promise.all([
      this.#redis.mget(known.map((id) => keys.mixer(id))),
      this.#redis.pubsub('NUMSUB', ...known.map((id) => keys.mixerCommands(id))),
    ]);
    // The answer may have come over a connection that was made since.
    if (!this.settled) return [];
    return known.filter((id, index) => {
      const deaf = this.#isDeaf(id, Number(ears[index * 2 + 1]));
      return records[index] === null || deaf;
    });
  }

  async forget(id: MixerId): Promise<void> {
    this.#deafSince.delete(id);
    if ((await this.#redis.exists(keys.mixer(id))) === 0) await this.#redis.srem(keys.mixers, id);
  }

  #isDeaf(id: MixerId, ears: number): boolean {
    if (ears > 0) {
      this.#deafSince.delete(id);
      return false;
    }
    const since = this.#deafSince.get(id) ?? this.#now();
    this.#deafSince.set(id, since);
    return this.#now() - since >= DEAF_MS;
  }
}
