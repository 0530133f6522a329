import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from './log.ts';
import { CounterMissing, type Place, type SequencedLog, Superseded } from './sequencedLog.ts';

interface Waiting<Body> {
  body: Body;
  resolve: (seq: number) => void;
  reject: (error: Error) => void;
}

export interface OutboxOptions<Body> {
  log: Log;
  sequenced: SequencedLog;
  place: (body: Body) => Place;
  /** What is written of it; all of it by default. */
  bodyOf?: (body: Body) => unknown;
  /** Asks whoever knows to restore the body's counter; the append is tried again until it is there. */
  wantCounter: (body: Body) => Promise<void>;
  /** Bodies that may wait before `append` refuses. */
  capacity?: number;
  retryMs?: number;
}

/**
 * Appends bodies one after another, so their order in the log is the order of the calls. While Redis is away or a
 * counter is missing they wait here; a repeat after a lost answer is harmless because bodies carry their own ID.
 */
export class Outbox<Body> {
  readonly #options: Required<OutboxOptions<Body>>;
  readonly #waiting: Waiting<Body>[] = [];
  readonly #stop = new AbortController();
  #pump: Promise<void> | undefined;

  constructor(options: OutboxOptions<Body>) {
    this.#options = { capacity: 10_000, retryMs: 100, bodyOf: (body) => body, ...options };
  }

  get depth(): number {
    return this.#waiting.length;
  }

  /** Resolves with the seq once Redis has it. Rejects with Superseded, or when the outbox is full or closed. */
  append(body: Body): Promise<number> {
    if (this.#stop.signal.aborted) return Promise.reject(new Error('The event outbox is closed'));
    if (this.#waiting.length >= this.#options.capacity) {
      this.#options.log.error({ depth: this.#waiting.length }, 'event outbox full');
      return Promise.reject(new Error('The event outbox is full'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, resolve, reject });
      this.#pump ??= this.#run().finally(() => (this.#pump = undefined));
    });
  }

  /** Gives what waits `withinMs` to get through, then rejects the rest. */
  async close(withinMs = 2_000): Promise<void> {
    if (this.#pump) {
      const enough = new AbortController();
      await Promise.race([
        this.#pump,
        delay(withinMs, undefined, { signal: enough.signal }).catch(() => undefined),
      ]);
      enough.abort();
    }
    this.#stop.abort();
    for (const { reject } of this.#waiting.splice(0))
      reject(new Error('The event outbox was closed before Redis came back'));
  }

  async #run(): Promise<void> {
    const { log, sequenced, place, bodyOf, wantCounter, retryMs } = this.#options;
    for (let next = this.#waiting[0]; next && !this.#stop.signal.aborted; next = this.#waiting[0]) {
      try {
        const seq = await sequenced.append(place(next.body), bodyOf(next.body));
        this.#waiting.shift();
        next.resolve(seq);
      } catch (error) {
        if (error instanceof Superseded) {
          this.#waiting.shift();
          next.reject(error);
          continue;
        }
        if (error instanceof CounterMissing) await wantCounter(next.body).catch(() => undefined);
        else log.warn({ err: error, depth: this.#waiting.length }, 'event append failed, retrying');
        await delay(retryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }
}
