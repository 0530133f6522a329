import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import type { RtpPacket } from 'werift';
import { RATE } from '../audio/voices.ts';

/** One packet's sound (24 kHz mono): its place in samples since the first packet, and when it came (`performance.now()`). */
export interface ReceivedFrame {
  at: number;
  pcm: Int16Array;
  arrivedMs: number;
}

export interface ReceivedPacket extends ReceivedFrame {
  /** Opus, as it came. */
  payload: Uint8Array;
}

/** Decodes received RTP and puts every packet at its place in time by its timestamp: lost ones stay silent. */
export class Listener {
  readonly #decoder: OpusDecoderHandle;
  readonly #packets: ReceivedPacket[] = [];
  #first: number | undefined;
  packets = 0;

  private constructor(decoder: OpusDecoderHandle) {
    this.#decoder = decoder;
  }

  static async make(): Promise<Listener> {
    return new Listener(await createDecoder({ sampleRate: RATE, channels: 1 }));
  }

  receive({ header, payload }: RtpPacket): void {
    const arrivedMs = performance.now();
    this.packets += 1;
    if (payload.length === 0) return;
    this.#first ??= header.timestamp;
    // Signed distance, so that a wrap and a packet before the first one come out right. 48 kHz ticks to 24 kHz samples.
    const at = ((header.timestamp - this.#first) | 0) / 2;
    if (at >= 0) this.#packets.push({ at, pcm: this.#decoder.decode(payload).slice(), payload, arrivedMs });
  }

  /** In the order of arrival. */
  get frames(): readonly ReceivedPacket[] {
    return this.#packets;
  }

  /** Everything so far (24 kHz mono), from the first packet on. */
  heard(): Int16Array {
    const length = Math.max(0, ...this.#packets.map(({ at, pcm }) => at + pcm.length));
    const samples = new Int16Array(length);
    for (const { at, pcm } of this.#packets) samples.set(pcm, at);
    return samples;
  }

  /** Forgets what was heard until now. */
  restart(): void {
    this.#packets.length = 0;
    this.#first = undefined;
  }

  close(): void {
    this.#decoder.free();
  }
}
