import { FRAME_SAMPLES } from '@parley/contract';

const LOUDEST = 32_767;
/** -2 dBov. What stays below goes through bit by bit; between here and the loudest the curve bends. */
const THRESHOLD = 26_000;
/** The gain is decided every 2 ms and moves in a straight line in between. */
const BLOCK = 48;
const BLOCKS = FRAME_SAMPLES / BLOCK;
/** From nothing back to full gain in 400 ms: slower would keep a room quiet after one cough, faster would pump. */
const RELEASE_PER_BLOCK = 2 / 400;

/**
 * Brings sums of voices back into 16 bit without ever wrapping around. The frame itself is the look-ahead: a block's
 * ramp already serves the next block. What a loud beginning leaves above the threshold is bent by a smooth curve.
 * Holds the gain of one output.
 */
export class Limiter {
  readonly #needed = new Float64Array(BLOCKS + 1);
  #gain = 1;

  /** 1 while nothing is limited. */
  get gain(): number {
    return this.#gain;
  }

  /** Writes `sum`, limited, into `out`; both 480 samples. */
  process(sum: Int32Array, out: Int16Array): void {
    if (this.#measure(sum) && this.#gain === 1) {
      out.set(sum);
      return;
    }
    for (let block = 0; block < BLOCKS; block++) {
      const needed = Math.min(this.#needed[block] ?? 1, this.#needed[block + 1] ?? 1);
      const next = Math.min(needed, this.#gain + RELEASE_PER_BLOCK);
      this.#apply(sum, out, block * BLOCK, next);
      this.#gain = next;
    }
  }

  /** Notes which gain each block needs; true when none needs any. The frame after this one is not known: 1. */
  #measure(sum: Int32Array): boolean {
    let quiet = true;
    for (let block = 0; block < BLOCKS; block++) {
      let peak = 0;
      for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) peak = Math.max(peak, Math.abs(sum[i] ?? 0));
      this.#needed[block] = peak > THRESHOLD ? THRESHOLD / peak : 1;
      quiet &&= peak <= THRESHOLD;
    }
    this.#needed[BLOCKS] = 1;
    return quiet;
  }

  #apply(sum: Int32Array, out: Int16Array, start: number, nextGain: number): void {
    const step = (nextGain - this.#gain) / BLOCK;
    let gain = this.#gain;
    for (let i = start; i < start + BLOCK; i++) {
      gain += step;
      out[i] = Math.round(bend((sum[i] ?? 0) * gain));
    }
  }
}

/** The identity up to the threshold, from there on a tangent hyperbolic that never passes the loudest sample. */
function bend(sample: number): number {
  const size = Math.abs(sample);
  if (size <= THRESHOLD) return sample;
  const room = LOUDEST - THRESHOLD;
  return Math.sign(sample) * (THRESHOLD + room * Math.tanh((size - THRESHOLD) / room));
}
