import { findIn, type Match } from './correlate.ts';

/**
 * Looks for one piece of sound in a recording that grows. Each look covers only what is new, so that a test that waits
 * for a voice does not take the processor away from those it listens to.
 */
export class Sought {
  readonly #piece: Int16Array;
  #seen = 0;
  #best: Match = { score: 0, at: 0 };

  constructor(piece: Int16Array) {
    this.#piece = piece;
  }

  /** The best match so far. `recording` is the former one with more at its end. */
  look(recording: Int16Array): Match {
    if (recording.length < this.#seen) this.forget();
    const from = Math.max(0, this.#seen - this.#piece.length);
    if (recording.length - from >= this.#piece.length) {
      const { score, at } = findIn(this.#piece, recording.subarray(from));
      if (score > this.#best.score) this.#best = { score, at: from + at };
      this.#seen = recording.length;
    }
    return this.#best;
  }

  /** The recording begins anew. */
  forget(): void {
    this.#seen = 0;
    this.#best = { score: 0, at: 0 };
  }
}
