import { EventEmitter } from 'node:events';
import { keys, MixerRecord, type MixerId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import type { Clock } from '../room/ports.ts';

export const RENEW_MS = 1_000;
/** Four renewals may fail before the hubs give this mixer up. One that was killed they notice by its connection. */
export const LEASE_MS = 5_000;
/** A process that did not look at its lease for so long was stopped; a busy one is late by less. */
const PAUSED_MS = 2_000;

export interface LeaseEvents {
  /** The process was stopped until after the end of its lease. Comes before anything else is done. */
  slept: [];
  /** Redis has the lease again after it had run out, or was away: rooms may be elsewhere now. */
  regained: [];
}

export interface LeaseOptions {
  mixerId: MixerId;
  redis: Redis;
  clock: Clock;
  log: Log;
  record: () => Promise<MixerRecord>;
}

/** Keeps the mixer's record in Redis alive, with its present load, and knows when it may have been given up (M25, M27). */
export class Lease {
  readonly events = new EventEmitter<LeaseEvents>();
  readonly #options: LeaseOptions;
  readonly #onReady = () => void this.#renew();
  /** By the own clock, counted from before the renewal was sent. */
  #endsMs = 0;
  #lookedMs = 0;
  #cancel: (() => void) | undefined;
  #renewing: Promise<void> | undefined;
  #closed = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Registers. Rejects when that fails; later renewals only warn. */
  async open(): Promise<void> {
    const { redis, clock } = this.#options;
    this.#lookedMs = clock.now();
    this.#endsMs = clock.now() + LEASE_MS;
    await this.#write();
    redis.on('ready', this.#onReady);
    this.#plan();
  }

  /**
   * To be called before anything is done that only the owner of a room may do. While Redis is away nobody else can get a
   * room either, so a lease that runs out before our eyes costs nothing.
   */
  check(): void {
    if (this.#closed || this.#endsMs === 0) return;
    const now = this.#options.clock.now();
    const before = this.#lookedMs;
    this.#lookedMs = now;
    const ranOut = now > this.#endsMs && before <= this.#endsMs;
    if (!ranOut || now - before < PAUSED_MS) return;
    this.#options.log.warn(
      { stoppedMs: Math.round(now - before) },
      'stopped until after the end of the lease',
    );
    this.events.emit('slept');
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
    const { redis, mixerId } = this.#options;
    redis.off('ready', this.#onReady);
    await this.#renewing;
    if (redis.status === 'ready') await redis.del(keys.mixer(mixerId));
  }

  #plan(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(RENEW_MS, () => {
      this.check();
      void this.#renew().finally(() => this.#plan());
    });
  }

  #renew(): Promise<void> {
    const { redis, log } = this.#options;
    // A write that waits for Redis to come back would announce an old load: it is made when Redis is back.
    if (this.#closed || redis.status !== 'ready') return Promise.resolve();
    return (this.#renewing ??= this.#write()
      .catch((error: unknown) => log.warn({ err: error }, 'lease not renewed'))
      .finally(() => (this.#renewing = undefined)));
  }

  async #write(): Promise<void> {
    const { redis, mixerId, clock, record } = this.#options;
    const text = JSON.stringify(MixerRecord.parse(await record()));
    const sentMs = clock.now();
    await redis.multi().set(keys.mixer(mixerId), text, 'PX', LEASE_MS).sadd(keys.mixers, mixerId).exec();
    const hadRunOut = clock.now() > this.#endsMs;
    this.#endsMs = sentMs + LEASE_MS;
    if (hadRunOut) this.events.emit('regained');
  }
}
