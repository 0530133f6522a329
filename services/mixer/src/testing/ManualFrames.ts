import { FRAME_MS } from '@parley/contract';
import type { Tick } from '../audio/FrameClock.ts';
import type { FakeClock } from './FakeClock.ts';

/** A frame clock that a test turns by hand, together with the clock. */
export class ManualFrames {
  readonly #clock: FakeClock;
  readonly #ticks = new Set<Tick>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  add(tick: Tick): () => void {
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
