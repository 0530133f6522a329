interface Timer {
  dueMs: number;
  callback: () => void;
}

/** A clock and its timers, turned by hand. */
export class FakeTime {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  readonly now = (): number => this.#nowMs;

  readonly schedule = (callback: () => void, delayMs: number): (() => void) => {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** How many are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Time passes, each timer fires when it is due. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let timer = this.#next(endMs); timer; timer = this.#next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      this.#fire(timer);
    }
    this.#nowMs = endMs;
  }

  /** The process is held up: what became due meanwhile fires late, at the end. */
  sleep(ms: number): void {
    const due = this.#next(this.#nowMs + ms);
    this.#nowMs += ms;
    if (due) this.#fire(due);
    this.advance(0);
  }

  #next(endMs: number): Timer | undefined {
    return [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    timer.callback();
  }
}
