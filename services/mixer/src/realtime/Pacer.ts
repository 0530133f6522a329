import type { Clock } from '../room/ports.ts';

/** Speech from before the link was there is caught up at twice its pace. */
const EVERY_MS = 10;
/** Frames that a late wake of the frame clock makes at once. */
const BURST = 5;
/** 10 s. More waits only when something is wrong. */
const MAX_WAITING = 500;

/** What waits in all pacers of a process, and what they did not take. */
export interface PacerCounts {
  waiting: number;
  refused: number;
}
export const noPacerCounts = (): PacerCounts => ({ waiting: 0, refused: 0 });

/** Lets packets out in order, about as fast as a receiver expects them. */
export class Pacer {
  readonly #clock: Clock;
  readonly #counts: PacerCounts;
  readonly #waiting: (() => void)[] = [];
  /** When the next one would be due if they had come evenly (the generic cell rate algorithm). */
  #dueMs = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, counts: PacerCounts = noPacerCounts()) {
    this.#clock = clock;
    this.#counts = counts;
  }

  /** Runs `send` now or soon, after all before it. */
  push(send: () => void): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#counts.refused += 1;
      return;
    }
    this.#waiting.push(send);
    this.#counts.waiting += 1;
    if (!this.#cancel) this.#pump();
  }

  close(): void {
    this.#counts.waiting -= this.#waiting.length;
    this.#waiting.length = 0;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #pump(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    for (let send = this.#waiting[0]; send; send = this.#waiting[0]) {
      if (this.#dueMs - now > BURST * EVERY_MS) {
        this.#cancel = this.#clock.after(EVERY_MS, () => this.#pump());
        return;
      }
      this.#dueMs = Math.max(now, this.#dueMs) + EVERY_MS;
      this.#waiting.shift();
      this.#counts.waiting -= 1;
      send();
    }
  }
}
