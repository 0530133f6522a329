const FRAME_MS = 20;

interface Entry {
  tick: (nowMs: number) => void;
  dueMs: number;
}

/** Ticks everything every 20 ms, each in a place of its own. Late ticks are made up for. */
export class Pace {
  /** How late frames were, ms: this process is no load tool when it cannot keep up itself. */
  readonly lateMs: number[] = [];
  readonly #entries: Entry[] = [];
  readonly #timer = setInterval(() => this.#run(), 2);
  #added = 0;

  add(tick: Entry['tick']): void {
    // Spread like real senders, whose clocks know nothing of each other.
    const spread = (this.#added++ * 7.3) % FRAME_MS;
    this.#entries.push({ tick, dueMs: performance.now() + spread });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #run(): void {
    for (const entry of this.#entries) {
      for (let now = performance.now(); entry.dueMs <= now; now = performance.now()) {
        if (Math.random() < 0.02) this.lateMs.push(now - entry.dueMs);
        entry.dueMs += FRAME_MS;
        entry.tick(now);
      }
    }
  }
}
