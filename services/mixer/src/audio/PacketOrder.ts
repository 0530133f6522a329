import type { RtpPacket } from './rtp.ts';

/**
 * Where a packet belongs, in numbers that do not wrap. `duplicate`: came before. `strange`: too far from the others to be
 * believed. `restart`: strange, but so was the one just before it: the sender began anew.
 */
export type Place =
  | { kind: 'new'; sequence: number; ticks: number }
  | { kind: 'duplicate' }
  | { kind: 'strange' }
  | { kind: 'restart' };

/** RFC 3550 appendix A.1: how far the sequence may jump before the stream is taken to have restarted. */
const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;
/** Which of the last packets came already; a power of two, larger than MAX_MISORDER. */
const SEEN = 128;

const DUPLICATE: Place = { kind: 'duplicate' };
const STRANGE: Place = { kind: 'strange' };
const RESTART: Place = { kind: 'restart' };

/** Unwraps the sequence numbers and timestamps of one stream. */
export class PacketOrder {
  readonly #seen = new Float64Array(SEEN).fill(-1);
  /** The newest packet. Starts one turn up, so that what came before the first is not negative. */
  #sequence: number;
  #ticks: number;
  #expectedStrange = -1;

  constructor(first: RtpPacket) {
    this.#sequence = first.sequenceNumber + 0x1_0000;
    this.#ticks = first.timestamp + 0x1_0000_0000;
  }

  /** `isStrange` judges the unwrapped timestamp. */
  place(packet: RtpPacket, isStrange: (ticks: number) => boolean): Place {
    const steps = ((packet.sequenceNumber - this.#sequence) << 16) >> 16;
    const sequence = this.#sequence + steps;
    const ticks = this.#ticks + ((packet.timestamp - (this.#ticks % 0x1_0000_0000)) | 0);
    if (steps > MAX_DROPOUT || steps < -MAX_MISORDER || isStrange(ticks)) return this.#doubt(packet);
    this.#expectedStrange = -1;
    if (this.#seen[sequence % SEEN] === sequence) return DUPLICATE;
    this.#seen[sequence % SEEN] = sequence;
    if (steps > 0) {
      this.#sequence = sequence;
      this.#ticks = ticks;
    }
    return { kind: 'new', sequence, ticks };
  }

  #doubt(packet: RtpPacket): Place {
    const again = packet.sequenceNumber === this.#expectedStrange;
    this.#expectedStrange = (packet.sequenceNumber + 1) & 0xffff;
    return again ? RESTART : STRANGE;
  }
}
