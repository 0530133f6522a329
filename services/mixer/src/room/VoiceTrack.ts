import { FRAME_MS, FRAME_SAMPLES } from '@parley/contract';
import type { OpusEncoder } from '../audio/codec.ts';
import { packetOf } from '../audio/packets.ts';
import type { SpeakOptions } from './mediaPorts.ts';

/** Silent frames sent after a voice (200 ms), so that receivers end in silence instead of concealing a loss. */
const TRAILING_FRAMES = 10;

/** Returns the RTP time of the packet, where it is known. */
export type SendOpus = (payload: Uint8Array, options: SpeakOptions) => number | undefined;

/**
 * One outgoing Opus stream that exists only while there is something to hear: each frame is encoded once (or forwarded as
 * it came), a few silent ones follow, then nothing until the next voice, whose RTP time jumps over the pause. Owns its encoder.
 */
export class VoiceTrack {
  readonly #encoder: OpusEncoder;
  readonly #send: SendOpus;
  readonly #silentPacket: Uint8Array | undefined;
  readonly #silence = new Int16Array(FRAME_SAMPLES);
  #trailing = 0;
  #sentAt: number | undefined;

  /** `silence`: a packet to end with, in place of an encoded silence. */
  constructor(encoder: OpusEncoder, send: SendOpus, silence?: Uint8Array) {
    this.#encoder = encoder;
    this.#send = send;
    this.#silentPacket = silence;
  }

  /** False when the stream is silent: nothing will be sent until there is a frame again. */
  get active(): boolean {
    return this.#trailing > 0;
  }

  /**
   * Called every 20 ms, at `nowMs` of the frame clock, with 480 samples or with nothing, and with their `packet` when
   * there is one already. Nothing is kept. Returns the RTP time of what was sent.
   */
  play(frame: Int16Array | undefined, nowMs: number, packet = frame && packetOf(frame)): number | undefined {
    if (frame) this.#trailing = TRAILING_FRAMES;
    else if (this.#trailing === 0) return undefined;
    else this.#trailing--;
    const skippedFrames =
      this.#sentAt === undefined ? 0 : Math.max(0, Math.round((nowMs - this.#sentAt) / FRAME_MS) - 1);
    const marker = this.#sentAt === undefined || skippedFrames > 0;
    this.#sentAt = nowMs;
    const ready = frame ? packet : (packet ?? this.#silentPacket);
    return this.#send(ready ?? this.#encoder.encode(frame ?? this.#silence), { marker, skippedFrames });
  }

  close(): void {
    this.#encoder.close();
  }
}
