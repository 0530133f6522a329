import type { Codec, Encoding } from '../audio/codec.ts';
import { type LazyEncoder, lazyEncoder } from '../audio/lazyEncoder.ts';
import { Mixer } from '../audio/Mixer.ts';
import { SILENT_PACKET } from '../audio/silence.ts';
import type { CommonEar } from './CommonEar.ts';
import type { EarLine } from './mediaPorts.ts';
import { VoiceTrack } from './VoiceTrack.ts';

/** Between two words of somebody who speaks while others do. */
const REST_AFTER_MS = 2_000;

/**
 * What one plain peer hears: everybody but itself. While it is silent that is what all silent peers hear; while it speaks
 * it is mixed and encoded for it alone. Owns that encoder, and has it only for as long.
 */
export class PeerEar {
  readonly #mixer = new Mixer();
  readonly #encoder: LazyEncoder;
  readonly #track: VoiceTrack;
  /** When something was last encoded for it alone, while it has that encoder. */
  #aloneAtMs: number | undefined;
  readonly encoding: Encoding;

  constructor(codec: Codec, peer: EarLine) {
    this.encoding = peer.encoding;
    const send: ConstructorParameters<typeof VoiceTrack>[1] = (payload, options) => {
      peer.speak(payload, options);
      return undefined;
    };
    this.#encoder = lazyEncoder(codec, peer.encoding);
    this.#track = new VoiceTrack(this.#encoder, send, SILENT_PACKET);
  }

  get active(): boolean {
    return this.#track.active;
  }

  /** The sum of all voices and the peer's own part in it. Neither is kept. */
  hear(total: Int32Array, own: Int16Array, nowMs: number): void {
    this.#aloneAtMs = nowMs;
    this.#track.play(this.#mixer.mixMinus(total, own), nowMs);
  }

  /** What all hear who are silent. Nothing of it is kept. */
  hearCommon({ frame, packet }: ReturnType<CommonEar['hear']>, nowMs: number): void {
    this.#track.play(frame, nowMs, packet);
    this.#restFrom(nowMs);
  }

  hearNothing(nowMs: number): void {
    this.#track.play(undefined, nowMs);
    this.#restFrom(nowMs);
  }

  close(): void {
    this.#track.close();
  }

  #restFrom(nowMs: number): void {
    if (this.#aloneAtMs === undefined || nowMs - this.#aloneAtMs < REST_AFTER_MS) return;
    this.#aloneAtMs = undefined;
    this.#encoder.rest();
  }
}
