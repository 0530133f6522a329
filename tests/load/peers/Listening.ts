import { createDecoder } from 'libopus-wasm';
import { readRtp } from '@parley/mixer/audio/rtp';
import { findIn } from '../../support/audio/correlate.ts';
import { RATE } from '../../support/audio/voices.ts';

const FRAME = (RATE * 20) / 1000;
const MARKER = (RATE * 300) / 1000;
const FOUND = 0.6;
const WITHIN_MS = 1_500;
/** Decoded before what is listened for: a decoder needs some packets to be in step with its encoder. */
const BEFORE_MS = 200;

/** Keeps what one participant gets, to be listened to afterwards. */
export class Listening {
  readonly #packets: { atMs: number; payload: Uint8Array }[] = [];

  take(packet: Uint8Array, nowMs: number): void {
    const payload = readRtp(packet)?.payload;
    // Copied: the socket's buffer is used again.
    if (payload && payload.length > 0) this.#packets.push({ atMs: nowMs, payload: Uint8Array.from(payload) });
  }

  /**
   * How long after `sinceMs` the first 300 ms of `voice` (24 kHz) began to arrive, to the sample: a packet's first sound
   * counts as heard when the packet comes, its last one 20 ms later. Undefined when they are not found.
   */
  async delayOf(voice: Int16Array, sinceMs: number): Promise<number | undefined> {
    const near = this.#packets.filter(({ atMs }) => atMs > sinceMs - BEFORE_MS && atMs < sinceMs + WITHIN_MS);
    const decoder = await createDecoder({ sampleRate: RATE, channels: 1 });
    const heard = new Int16Array(near.length * FRAME);
    for (const [index, { payload }] of near.entries())
      heard.set(decoder.decode(payload).subarray(0, FRAME), index * FRAME);
    decoder.free();
    const from =
      Math.max(
        0,
        near.findIndex(({ atMs }) => atMs >= sinceMs),
      ) * FRAME;
    if (heard.length - from < MARKER) return undefined;
    const { score, at } = findIn(voice.subarray(0, MARKER), heard.subarray(from));
    const packet = near[Math.floor((from + at) / FRAME)];
    if (score < FOUND || !packet) return undefined;
    return packet.atMs + (((from + at) % FRAME) * 1000) / RATE - sinceMs;
  }
}
