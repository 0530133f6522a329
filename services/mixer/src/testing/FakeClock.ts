import type { Clock } from '../room/ports.ts';

/** A clock that stands still until a test turns it. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; run: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Goes on by `ms`, running each timer at its time. */
  turn(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** The process was stopped: time goes by, and no timer runs. */
  sleep(ms: number): void {
    this.#nowMs += ms;
  }

  #next(untilMs: number) {
    let next: { atMs: number; run: () => void } | undefined;
    for (const timer of this.#timers)
      if (timer.atMs <= untilMs && (!next || timer.atMs < next.atMs)) next = timer;
    return next;
  }
}
