import type { Codec, Encoding } from '../audio/codec.ts';
import { lazyEncoder } from '../audio/lazyEncoder.ts';
import { Mixer } from '../audio/Mixer.ts';
import { SILENT_PACKET } from '../audio/silence.ts';
import type { CommonEar } from './CommonEar.ts';
import type { EarLine } from './mediaPorts.ts';
import { VoiceTrack } from './VoiceTrack.ts';

/**
 * What one plain peer hears: everybody but itself. While it is silent that is what all silent peers hear; while it speaks
 * it is mixed and encoded for it alone. Owns that encoder.
 */
export class PeerEar {
  readonly #mixer = new Mixer();
  readonly #track: VoiceTrack;
  readonly encoding: Encoding;

  constructor(codec: Codec, peer: EarLine) {
    this.encoding = peer.encoding;
    const send: ConstructorParameters<typeof VoiceTrack>[1] = (payload, options) => {
      peer.speak(payload, options);
      return undefined;
    };
    this.#track = new VoiceTrack(lazyEncoder(codec, peer.encoding), send, SILENT_PACKET);
  }

  get active(): boolean {
    return this.#track.active;
  }

  /** The sum of all voices and the peer's own part in it. Neither is kept. */
  hear(total: Int32Array, own: Int16Array, nowMs: number): void {
    this.#track.play(this.#mixer.mixMinus(total, own), nowMs);
  }

  /** What all hear who are silent. Nothing of it is kept. */
  hearCommon({ frame, packet }: ReturnType<CommonEar['hear']>, nowMs: number): void {
    this.#track.play(frame, nowMs, packet);
  }

  hearNothing(nowMs: number): void {
    this.#track.play(undefined, nowMs);
  }

  close(): void {
    this.#track.close();
  }
}
