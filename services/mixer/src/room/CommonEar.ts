import type { Codec, Encoding, OpusEncoder } from '../audio/codec.ts';
import { lazyEncoder } from '../audio/lazyEncoder.ts';
import { Mixer } from '../audio/Mixer.ts';

/** What all peers hear who are silent themselves and take the same encoding: mixed and encoded once for all of them. Owns the encoder. */
export class CommonEar {
  readonly #mixer = new Mixer();
  readonly #encoder: OpusEncoder;

  constructor(codec: Codec, encoding: Encoding) {
    this.#encoder = lazyEncoder(codec, encoding);
  }

  /** The sum of all voices as a frame and as a packet, both valid until the next call. */
  hear(total: Int32Array): { frame: Int16Array; packet: Uint8Array } {
    const frame = this.#mixer.mixMinus(total, undefined);
    return { frame, packet: this.#encoder.encode(frame) };
  }

  close(): void {
    this.#encoder.close();
  }
}
