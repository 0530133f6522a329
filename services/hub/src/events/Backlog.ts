import { keys } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';

export interface BacklogOptions {
  redis: Pick<Redis, 'xlen' | 'llen'>;
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
    const [waiting, dead] = await Promise.all([redis.xlen(keys.events), redis.llen(keys.deadEvents)]);
    if (dead > this.#dead) log.error({ dead, list: keys.deadEvents }, 'events could not be stored');
    this.#waiting = waiting;
    this.#dead = dead;
    if (this.alarm === this.#alarmed) return;
    this.#alarmed = this.alarm;
    if (this.alarm) log.error({ waiting, alarmAt }, 'events pile up');
    else log.info({ waiting }, 'events pile up no more');
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
