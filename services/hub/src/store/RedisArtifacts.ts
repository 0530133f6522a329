import { keys } from '@parley/contract';
import type { JobId } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import type { Artifact, Artifacts } from '../session/ports.ts';

/** What jobs brought, as the tools keep it in Redis. */
export class RedisArtifacts implements Artifacts {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async read(jobId: JobId, name: Artifact): Promise<Buffer | undefined> {
    return (await this.#redis.getBuffer(keys.artifact(jobId, name))) ?? undefined;
  }
}
