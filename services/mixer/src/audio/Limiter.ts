import { FRAME_SAMPLES } from '@parley/contract';

/** Brings sums of voices back into 16 bit without ever wrapping around. Holds the gain of one output. */
export class Limiter {
  /** Writes `sum`, limited, into `out`; both 480 samples. */
  process(sum: Int32Array, out: Int16Array): void {
    for (let i = 0; i < FRAME_SAMPLES; i++) out[i] = Math.max(-32_768, Math.min(32_767, sum[i] ?? 0));
  }
}
