import { keys, type JobId } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import type { Artifacts } from '../runs/ports.ts';

const KEPT_SECONDS = 7 * 86_400;

/** What jobs brought, whole, in Redis. */
export class RedisArtifacts implements Artifacts {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async keep(jobId: JobId, name: 'result' | 'patch' | 'zip', content: string | Buffer): Promise<void> {
    await this.#redis.set(keys.artifact(jobId, name), content, 'EX', KEPT_SECONDS);
  }
}
