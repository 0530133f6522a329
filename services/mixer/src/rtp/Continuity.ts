import { RTP_CLOCK_RATE } from '@parley/contract';
import type { RtpPacket } from '../audio/rtp.ts';

const TICKS_PER_MS = RTP_CLOCK_RATE / 1000;

/**
 * A sender that was started again has another SSRC and begins its numbers anywhere; in the room it is still one
 * microphone. Its numbers go on where the former stream's were, as much later as it came later.
 */
export class Continuity {
  #ssrc: number | undefined;
  #sequenceOffset = 0;
  #ticksOffset = 0;
  #last: { sequenceNumber: number; timestamp: number; atMs: number } | undefined;

  follow(packet: RtpPacket, nowMs: number): RtpPacket {
    if (packet.ssrc !== this.#ssrc) this.#begin(packet, nowMs);
    const sequenceNumber = (packet.sequenceNumber + this.#sequenceOffset) & 0xffff;
    const timestamp = (packet.timestamp + this.#ticksOffset) >>> 0;
    // Only what is newer: a stream that ends out of order is followed from its newest packet.
    if (!this.#last || ((timestamp - this.#last.timestamp) | 0) >= 0)
      this.#last = { sequenceNumber, timestamp, atMs: nowMs };
    // Most senders never start again.
    if (this.#sequenceOffset === 0 && this.#ticksOffset === 0) return packet;
    return { ...packet, sequenceNumber, timestamp };
  }

  #begin({ ssrc, sequenceNumber, timestamp }: RtpPacket, nowMs: number): void {
    this.#ssrc = ssrc;
    const { sequenceNumber: last = sequenceNumber - 1, timestamp: ticks, atMs } = this.#last ?? {};
    this.#sequenceOffset = (last + 1 - sequenceNumber) & 0xffff;
    this.#ticksOffset =
      ticks === undefined || atMs === undefined
        ? 0
        : (ticks + Math.round((nowMs - atMs) * TICKS_PER_MS) - timestamp) | 0;
  }
}
