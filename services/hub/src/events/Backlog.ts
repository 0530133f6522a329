import { keys } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';

export interface BacklogOptions {
  redis: Pick<Redis, 'xlen' | 'llen' | 'xrange'>;
  /** So many events that wait for Postgres are an alarm: each takes about a kilobyte of Redis' memory. */
  alarmAt: number;
  log: Log;
}

const LOOK_EVERY_MS = 5_000;

/**
 * Watches what waits for the writer, and what it had to set aside. Nothing is ever trimmed that is not stored; so a
 * person must know in time that it piles up (H22).
 */
export class Backlog {
  readonly #options: BacklogOptions;
  #waiting = 0;
  #dead = 0;
  #oldestAt: number | undefined;
  #alarmed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Entries in `keys.deadEvents`. */
  get dead(): number {
    return this.#dead;
  }

  /** For how long the oldest of them has waited at `now`, ms since the epoch; 0 while none waits. */
  oldestMs(now: number): number {
    return this.#oldestAt === undefined ? 0 : Math.max(0, now - this.#oldestAt);
  }

  get alarm(): boolean {
    return this.#waiting >= this.#options.alarmAt;
  }

  /** For a person. */
  get words(): string {
    const { alarmAt } = this.#options;
    const parts = [
      this.#waiting === 0 ? 'No event waits for Postgres.' : `${this.#waiting} events wait for Postgres.`,
      this.alarm ? `That is an alarm (from ${alarmAt}): Redis fills up until Postgres is back.` : '',
      this.#dead > 0 ? `${this.#dead} could not be stored: see the list ${keys.deadEvents} in Redis.` : '',
    ];
    return parts.filter(Boolean).join(' ');
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.look().catch((error: unknown) => this.#options.log.debug({ err: error }, 'backlog not seen'));
    }, LOOK_EVERY_MS);
  }

  async look(): Promise<void> {
    const { redis, log, alarmAt } = this.#options;
    const [waiting, dead, oldest] = await Promise.all([
      redis.xlen(keys.events),
      redis.llen(keys.deadEvents),
      redis.xrange(keys.events, '-', '+', 'COUNT', 1),
    ]);
    if (dead > this.#dead) log.error({ dead, list: keys.deadEvents }, 'events could not be stored');
    this.#waiting = waiting;
    this.#dead = dead;
    // Redis names entries by the time at which they came: 1700000000000-0.
    this.#oldestAt = oldest[0] && Number.parseInt(oldest[0][0], 10);
    if (this.alarm === this.#alarmed) return;
    this.#alarmed = this.alarm;
    if (this.alarm) log.error({ waiting, alarmAt }, 'events pile up');
    else log.info({ waiting }, 'events pile up no more');
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
