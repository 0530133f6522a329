import type { Codec } from '../audio/codec.ts';
import { Mixer } from '../audio/Mixer.ts';
import type { EarLine } from './mediaPorts.ts';
import { VoiceTrack } from './VoiceTrack.ts';

/** What one plain peer hears: everybody but itself, mixed and encoded for it alone. Owns the encoder. */
export class PeerEar {
  readonly #mixer = new Mixer();
  readonly #track: VoiceTrack;

  constructor(codec: Codec, peer: EarLine) {
    this.#track = new VoiceTrack(codec.encoder(), (payload, options) => {
      peer.speak(payload, options);
      return undefined;
    });
  }

  get active(): boolean {
    return this.#track.active;
  }

  /** The sum of all voices and the peer's own part in it. Neither is kept. */
  hear(total: Int32Array, own: Int16Array | undefined, nowMs: number): void {
    this.#track.play(this.#mixer.mixMinus(total, own), nowMs);
  }

  hearNothing(nowMs: number): void {
    this.#track.play(undefined, nowMs);
  }

  close(): void {
    this.#track.close();
  }
}
