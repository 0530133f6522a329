import { FRAME_MS } from '@parley/contract';
import type { Tick } from '../audio/FrameClock.ts';
import type { FakeClock } from './FakeClock.ts';

/** A frame clock that a test turns by hand, together with the clock. */
export class ManualFrames {
  readonly #clock: FakeClock;
  readonly #ticks = new Set<Tick>();
  /** When each one wanted to be ticked, ms from then. */
  readonly wishes: (number | undefined)[] = [];

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  add(tick: Tick, aheadMs?: number): () => void {
    this.wishes.push(aheadMs);
    this.#ticks.add(tick);
    return () => void this.#ticks.delete(tick);
  }

  /** Who is ticked now. */
  get size(): number {
    return this.#ticks.size;
  }

  turn(frames = 1): void {
    for (let frame = 0; frame < frames; frame++) {
      this.#clock.turn(FRAME_MS);
      for (const tick of this.#ticks) tick(this.#clock.now());
    }
  }
}
