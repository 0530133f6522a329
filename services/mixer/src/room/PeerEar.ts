import { FRAME_MS, FRAME_SAMPLES } from '@parley/contract';
import type { Codec, Encoding } from '../audio/codec.ts';
import { type LazyEncoder, lazyEncoder } from '../audio/lazyEncoder.ts';
import { Mixer } from '../audio/Mixer.ts';
import { SILENT_PACKET } from '../audio/silence.ts';
import type { CommonEar } from './CommonEar.ts';
import type { EarLine } from './mediaPorts.ts';
import { VoiceTrack } from './VoiceTrack.ts';

/** Between two words of somebody who speaks while others do. */
const REST_AFTER_MS = 2_000;
const SOUND = new Int16Array(FRAME_SAMPLES);

/** After a mix it takes half a second of one voice alone until its packets are handed on: each change can be heard a little. */
const FORWARD_AFTER_FRAMES = 25;

/**
 * What one plain peer hears: everybody but itself. One voice alone is handed on as it came. Else, while the peer is silent, it
 * hears what all silent peers hear; while it speaks that is mixed and encoded for it alone. Owns that encoder, and has it only
 * for as long.
 */
export class PeerEar {
  readonly #mixer = new Mixer();
  readonly #encoder: LazyEncoder;
  readonly #track: VoiceTrack;
  /** When something was last encoded for it alone, while it has that encoder. */
  #aloneAtMs: number | undefined;
  /** The last frame with sound in it was encoded here. */
  #mixed = false;
  /** So many frames in a row could have been handed on. */
  #single = 0;
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

  /**
   * `packet`: what one voice alone is saying, if that is all there is to hear. False when it is not handed on: then it has to be
   * mixed, as everything else.
   */
  forward(packet: Uint8Array | undefined, nowMs: number): boolean {
    this.#single = packet ? this.#single + 1 : 0;
    // What is made for bad networks has its own protection from loss.
    if (!packet || this.encoding !== 'light') return false;
    if (this.#mixed && this.#single < FORWARD_AFTER_FRAMES) return false;
    this.#mixed = false;
    this.#track.play(SOUND, nowMs, packet);
    this.#restFrom(nowMs);
    return true;
  }

  /** The sum of all voices and the peer's own part in it. Neither is kept. */
  hear(total: Int32Array, own: Int16Array, nowMs: number): void {
    this.#mixed = true;
    if (this.#aloneAtMs !== undefined && nowMs - this.#aloneAtMs > 1.5 * FRAME_MS) this.#encoder.pause();
    this.#aloneAtMs = nowMs;
    this.#track.play(this.#mixer.mixMinus(total, own), nowMs);
  }

  /** What all hear who are silent. Nothing of it is kept. */
  hearCommon({ frame, packet }: ReturnType<CommonEar['hear']>, nowMs: number): void {
    this.#mixed = true;
    this.#track.play(frame, nowMs, packet);
    this.#restFrom(nowMs);
  }

  hearNothing(nowMs: number): void {
    this.#mixed = false;
    this.#single = 0;
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
