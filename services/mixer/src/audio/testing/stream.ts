import type { AudioLevel, RtpPacket } from '../rtp.ts';
import { seededRandom } from './random.ts';

export interface StreamOptions {
  seed: number;
  packets: number;
  /** 10, 20, 40 or 60. */
  packetMs?: number;
  /** Parts of the packets, 0…1. */
  loss?: number;
  duplicates?: number;
  /** Every packet is under way `baseMs`, and up to `jitterMs` longer: so it overtakes others. */
  baseMs?: number;
  jitterMs?: number;
  /** How much faster the sender's clock runs, parts in a million. */
  skewPpm?: number;
  firstSequence?: number;
  firstTimestamp?: number;
  ssrc?: number;
  startMs?: number;
  /** Whether packet `index` is sent at all; if not, DTX: the timestamp goes on, the sequence does not. */
  sent?: (index: number) => boolean;
  payload?: (index: number) => Uint8Array;
  level?: (index: number) => AudioLevel | undefined;
}

export interface Arrival {
  index: number;
  sentMs: number;
  atMs: number;
  packet: RtpPacket;
}

/** TOC bytes of one SILK wideband frame of each length (RFC 6716 table 2: configurations 8…11). */
const TOC: Record<number, number> = { 10: 8 << 3, 20: 9 << 3, 40: 10 << 3, 60: 11 << 3 };

/** One sender and the network behind it: what arrives when, in the order of arrival. */
export function stream(options: StreamOptions): Arrival[] {
  const {
    seed,
    packets,
    packetMs = 20,
    loss = 0,
    duplicates = 0,
    baseMs = 30,
    jitterMs = 0,
    skewPpm = 0,
  } = options;
  const random = seededRandom(seed);
  const arrivals: Arrival[] = [];
  let sequence = options.firstSequence ?? 0;
  for (let index = 0; index < packets; index++) {
    if (options.sent?.(index) === false) continue;
    const sentMs = (options.startMs ?? 0) + (index * packetMs) / (1 + skewPpm / 1e6);
    const level = options.level?.(index);
    const packet: RtpPacket = {
      payloadType: 111,
      sequenceNumber: sequence++ & 0xffff,
      timestamp: ((options.firstTimestamp ?? 0) + index * packetMs * 48) >>> 0,
      ssrc: options.ssrc ?? 1,
      marker: false,
      payload: options.payload?.(index) ?? Uint8Array.of(TOC[packetMs] ?? 0, 1, 2, 3),
      ...(level && { level }),
    };
    const copies = (random() < loss ? 0 : 1) + (random() < duplicates ? 1 : 0);
    for (let copy = 0; copy < copies; copy++)
      arrivals.push({ index, sentMs, atMs: sentMs + baseMs + random() * jitterMs, packet });
  }
  return arrivals.sort((a, b) => a.atMs - b.atMs);
}
