import { keys } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import { Script } from '@parley/kit/script';

const TAKE = new Script(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);
const RELEASE = new Script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`);

/**
 * One hub at a time writes events, so that they enter Postgres in the order of the log. The lease is only about order:
 * should two hubs write for a moment, nothing is lost or doubled (H9).
 */
export class WriterLease {
  readonly #redis: Redis;
  readonly #holder: string;
  readonly #leaseMs: number;
  #held = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: Redis, holder: string, leaseMs = 5_000) {
    this.#redis = redis;
    this.#holder = holder;
    this.#leaseMs = leaseMs;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Takes the lease if it is free, and from then on renews it. True while this hub holds it. */
  async hold(): Promise<boolean> {
    if (this.#held) return true;
    if (!(await this.#take())) return false;
    this.#timer ??= setInterval(() => {
      this.#take().catch(() => (this.#held = false));
    }, this.#leaseMs / 3);
    return true;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#held = false;
    if (this.#redis.status === 'ready') await RELEASE.run(this.#redis, [keys.eventWriter], [this.#holder]);
  }

  async #take(): Promise<boolean> {
    this.#held = (await TAKE.run(this.#redis, [keys.eventWriter], [this.#holder, this.#leaseMs])) === 1;
    if (!this.#held) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return this.#held;
  }
}
