import { FRAME_SAMPLES } from '@parley/contract';
import { Limiter } from './Limiter.ts';
import { mixInto, mixMinus } from './mix.ts';

/** Mixes the voices of one output, limited. One object per output: the limiter remembers its gain. */
export class Mixer {
  readonly #limiter = new Limiter();
  readonly #sum = new Int32Array(FRAME_SAMPLES);
  readonly #out = new Int16Array(FRAME_SAMPLES);

  /** The sum of the last mix before the limiter; valid until the next call. Others subtract themselves from it. */
  get sum(): Int32Array {
    return this.#sum;
  }

  /** One frame of 480 samples; silence when there are no frames. Valid until the next call. */
  mix(frames: readonly Int16Array[]): Int16Array {
    mixInto(this.#sum, frames);
    this.#limiter.process(this.#sum, this.#out);
    return this.#out;
  }

  /** A sum made elsewhere (another mixer's `sum`) without one's own frame. Valid until the next call. */
  mixMinus(sum: Int32Array, own: Int16Array | undefined): Int16Array {
    if (own) mixMinus(this.#sum, sum, own);
    else this.#sum.set(sum);
    this.#limiter.process(this.#sum, this.#out);
    return this.#out;
  }
}
