import { FRAME_MS } from '@parley/contract';
import type { Codec, Encoding } from '../audio/codec.ts';
import { type LazyEncoder, lazyEncoder } from '../audio/lazyEncoder.ts';
import { Mixer } from '../audio/Mixer.ts';

/** What all peers hear who are silent themselves and take the same encoding: mixed and encoded once for all of them. Owns the encoder. */
export class CommonEar {
  readonly #mixer = new Mixer();
  readonly #encoder: LazyEncoder;
  #heardAtMs = -Infinity;

  constructor(codec: Codec, encoding: Encoding) {
    this.#encoder = lazyEncoder(codec, encoding);
  }

  /** The sum of all voices as a frame and as a packet, both valid until the next call. */
  hear(total: Int32Array, nowMs: number): { frame: Int16Array; packet: Uint8Array } {
    if (nowMs - this.#heardAtMs > 1.5 * FRAME_MS) this.#encoder.pause();
    this.#heardAtMs = nowMs;
    const frame = this.#mixer.mixMinus(total, undefined);
    return { frame, packet: this.#encoder.encode(frame) };
  }

  close(): void {
    this.#encoder.close();
  }
}
