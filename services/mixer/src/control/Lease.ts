import { keys, MixerRecord, type MixerId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import type { Clock } from '../room/ports.ts';

export const RENEW_MS = 3_000;
/** Three renewals may fail before the hubs give this mixer up. */
export const LEASE_MS = 10_000;

export interface LeaseOptions {
  mixerId: MixerId;
  redis: Redis;
  clock: Clock;
  log: Log;
  record: () => Promise<MixerRecord>;
}

/** Keeps the mixer's record in Redis alive, with its present load. */
export class Lease {
  readonly #options: LeaseOptions;
  #cancel: (() => void) | undefined;
  #renewing: Promise<void> | undefined;
  #closed = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Registers. Rejects when that fails; later renewals only warn. */
  async open(): Promise<void> {
    await this.#write();
    this.#plan();
  }

  /** Writes the record now, say because the mixer drains. */
  async renew(): Promise<void> {
    await this.#renewing;
    if (!this.#closed) await this.#write();
  }

  /** Takes the record away, so that no hub has to wait for the lease to end. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancel?.();
    await this.#renewing;
    const { redis, mixerId } = this.#options;
    if (redis.status !== 'ready') return;
    await redis.multi().del(keys.mixer(mixerId)).srem(keys.mixers, mixerId).exec();
  }

  #plan(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(RENEW_MS, () => {
      this.#renewing = this.#renew().finally(() => this.#plan());
    });
  }

  async #renew(): Promise<void> {
    const { redis, log } = this.#options;
    // A write that waits for Redis to come back would announce an old load: the next renewal is soon enough.
    if (redis.status !== 'ready') return;
    await this.#write().catch((error: unknown) => log.warn({ err: error }, 'lease not renewed'));
  }

  async #write(): Promise<void> {
    const { redis, mixerId, record } = this.#options;
    const text = JSON.stringify(MixerRecord.parse(await record()));
    await redis.multi().set(keys.mixer(mixerId), text, 'PX', LEASE_MS).sadd(keys.mixers, mixerId).exec();
  }
}
