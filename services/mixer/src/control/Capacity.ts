import { performance } from 'node:perf_hooks';

export interface CapacityOptions {
  /** Part of the time in which the event loop may be busy, 0…1; with 1 the load refuses nobody. */
  maxLoad: number;
  /** How late half of the frames are, ms. */
  latenessMs: () => number;
  /** Part of the time since the last look in which the event loop was busy. */
  utilization?: () => number;
}

/** So many looks in a row, a second apart, make it busy or free again: a start, a burst of joins are no load. */
const LOOKS = 5;
/** Free again only well below: or it would take a room, be busy, and lose it, for ever. */
const FREE_BELOW = 0.8;
/** Half of the frames a whole frame late: whatever the reason, the rooms that are here suffer already. */
const LATE_MS = 20;

/** Whether this mixer has as much to do as it can do in time (M35). Looked at once a second. */
export class Capacity {
  readonly #options: CapacityOptions;
  readonly #utilization: () => number;
  #busy = false;
  #others = 0;

  constructor(options: CapacityOptions) {
    this.#options = options;
    this.#utilization = options.utilization ?? sinceLastTime();
  }

  /** One more room would cost those that are here. */
  get busy(): boolean {
    return this.#busy;
  }

  look(): boolean {
    const { maxLoad, latenessMs } = this.#options;
    const load = this.#utilization();
    if (maxLoad >= 1) return false;
    const tooMuch =
      load > maxLoad * (this.#busy ? FREE_BELOW : 1) || (load > maxLoad / 2 && latenessMs() > LATE_MS);
    this.#others = tooMuch === this.#busy ? 0 : this.#others + 1;
    if (this.#others >= LOOKS) {
      this.#busy = tooMuch;
      this.#others = 0;
    }
    return this.#busy;
  }
}

function sinceLastTime(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
