import { keys, MixerId, MixerRecord } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import type { MixerRegistry } from '../session/ports.ts';

/** The mixers that have a lease now, as they describe themselves. */
export class RedisMixerRegistry implements MixerRegistry {
  readonly #redis: Redis;
  readonly #log: Log;

  constructor(redis: Redis, log: Log) {
    this.#redis = redis;
    this.#log = log;
  }

  async get(id: MixerId): Promise<MixerRecord | undefined> {
    return this.#read(await this.#redis.get(keys.mixer(id)));
  }

  async list(): Promise<MixerRecord[]> {
    const ids = await this.#redis.smembers(keys.mixers);
    const known = ids.flatMap((id) => MixerId.safeParse(id).data ?? []);
    if (known.length === 0) return [];
    const texts = await this.#redis.mget(known.map((id) => keys.mixer(id)));
    return texts.flatMap((text) => this.#read(text) ?? []);
  }

  #read(text: string | null): MixerRecord | undefined {
    if (text === null) return undefined;
    try {
      return MixerRecord.parse(JSON.parse(text));
    } catch (error) {
      this.#log.warn({ err: error }, 'mixer record not readable');
      return undefined;
    }
  }
}
