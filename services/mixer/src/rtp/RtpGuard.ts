import type { BlockList } from 'node:net';
import { opusTicks } from '../audio/opusPacket.ts';
import { readRtp, type RtpPacket } from '../audio/rtp.ts';
import { RateLimit } from '../room/RateLimit.ts';
import { isAllowed } from './sources.ts';

/**
 * Packets that were not taken. `foreign`: not from an allowed address. `malformed`: no RTP, too long, or no Opus. `ssrc`: not
 * the one that was agreed on, or a second one beside one that sends.
 */
export type RtpCounts = Record<'foreign' | 'malformed' | 'payload_type' | 'ssrc' | 'flood', number>;

export const noRtpCounts = (): RtpCounts => ({
  foreign: 0,
  malformed: 0,
  payload_type: 0,
  ssrc: 0,
  flood: 0,
});

export interface RtpGuardOptions {
  allowed: BlockList;
  payloadType: number;
  ssrc: number | undefined;
  audioLevelExtId: number | undefined;
  counts: RtpCounts;
}

/** An Ethernet frame: nothing that Opus makes in 20 ms comes near. */
const MAX_BYTES = 1_500;
/** Real senders send 50 a second, 400 with packets of 2.5 ms; after a jam a second of them comes at once. */
const FLOOD = { perSecond: 400, burst: 800 };
/** Another stream may take over when the one before has been silent for so long; with DTX it sends every 400 ms. */
const SILENT_MS = 1_000;
/** RFC 5761 section 4: a second byte in this range is RTCP on the same port. It is welcome, and not read. */
const isRtcp = (data: Uint8Array): boolean => {
  const second = data[1] ?? 0;
  return data.length >= 4 && (data[0] ?? 0) >> 6 === 2 && second >= 192 && second <= 223;
};

/** What a plain RTP port lets in. Time comes in as monotonic milliseconds. */
export class RtpGuard {
  readonly #options: RtpGuardOptions;
  readonly #flood = new RateLimit(FLOOD);
  #known: string | undefined;
  #ssrc: number | undefined;
  #lastMs = -Infinity;
  #rtcpMs = -Infinity;

  constructor(options: RtpGuardOptions) {
    this.#options = options;
  }

  /** When something came last: a packet that was let in, or RTCP, by which one who only listens stays (RFC 3550 section 6.3.5). */
  get lastMs(): number {
    return Math.max(this.#lastMs, this.#rtcpMs);
  }

  /** The packet, or undefined for one that is dropped (and counted) or is RTCP. Never throws. */
  take(data: Uint8Array, from: string, nowMs: number): RtpPacket | undefined {
    const { counts, allowed, payloadType, ssrc, audioLevelExtId } = this.#options;
    // The list never changes, and a sender hardly ever does: it is looked up once.
    if (from !== this.#known && !isAllowed(allowed, from)) return drop(counts, 'foreign');
    this.#known = from;
    if (!this.#flood.take(nowMs)) return drop(counts, 'flood');
    if (isRtcp(data)) {
      this.#rtcpMs = nowMs;
      return undefined;
    }
    const packet = data.length > MAX_BYTES ? undefined : readRtp(data, audioLevelExtId);
    if (!packet || (packet.payload.length > 0 && opusTicks(packet.payload) === 0))
      return drop(counts, 'malformed');
    if (packet.payloadType !== payloadType) return drop(counts, 'payload_type');
    if (ssrc !== undefined && packet.ssrc !== ssrc) return drop(counts, 'ssrc');
    if (this.#ssrc !== undefined && packet.ssrc !== this.#ssrc && nowMs - this.#lastMs < SILENT_MS)
      return drop(counts, 'ssrc');
    this.#ssrc = packet.ssrc;
    this.#lastMs = nowMs;
    return packet;
  }
}

function drop(counts: RtpCounts, why: keyof RtpCounts): undefined {
  counts[why] += 1;
}
