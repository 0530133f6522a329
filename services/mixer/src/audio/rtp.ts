import { RTP_TICKS_PER_FRAME } from '@parley/contract';

/** One RTP packet (RFC 3550 section 5.1). `payload` is a view into the bytes that were read. */
export interface RtpPacket {
  readonly payloadType: number;
  /** 16 bit, wraps. */
  readonly sequenceNumber: number;
  /** 32 bit, wraps. Opus counts at 48 kHz. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
  /** Without padding; empty in a packet that only pads. */
  readonly payload: Uint8Array;
  /** The sender's own measure (RFC 6464), when it sends one: dBov -127…0, and whether it takes it for a voice. */
  readonly level?: AudioLevel;
}

export interface AudioLevel {
  readonly dbov: number;
  readonly voice: boolean;
}

const FIXED_HEADER_BYTES = 12;
/** RFC 8285 sections 4.2 and 4.3: the profile word tells the two forms of header extensions apart. */
const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;
const TWO_BYTE_PROFILE_MASK = 0xfff0;
/** RFC 5761 section 4: a second byte in this range is RTCP on the same port. */
const FIRST_RTCP_TYPE = 192;
const LAST_RTCP_TYPE = 223;

/**
 * Returns undefined for whatever is not a well-formed RTP packet; never throws.
 * `audioLevelExtensionId` is the negotiated ID of `urn:ietf:params:rtp-hdrext:ssrc-audio-level`.
 */
export function readRtp(data: Uint8Array, audioLevelExtensionId?: number): RtpPacket | undefined {
  const size = data.length;
  const first = data[0] ?? 0;
  const second = data[1] ?? 0;
  if (size < FIXED_HEADER_BYTES || first >> 6 !== 2) return undefined;
  if (second >= FIRST_RTCP_TYPE && second <= LAST_RTCP_TYPE) return undefined;

  let start = FIXED_HEADER_BYTES + (first & 0x0f) * 4;
  let level: AudioLevel | undefined;
  if ((first & 0x10) !== 0) {
    if (start + 4 > size) return undefined;
    const profile = readUint16(data, start);
    const end = start + 4 + readUint16(data, start + 2) * 4;
    if (end > size) return undefined;
    const found = audioLevelExtensionId
      ? findElement(data, start + 4, end, profile, audioLevelExtensionId)
      : 0;
    if (found < 0) return undefined;
    if (found > 0) level = readLevel(data[found] ?? 0);
    start = end;
  }
  const padding = (first & 0x20) !== 0 ? (data[size - 1] ?? 0) : 0;
  if ((first & 0x20) !== 0 && padding === 0) return undefined;
  const end = size - padding;
  if (end < start) return undefined;

  const packet = {
    payloadType: second & 0x7f,
    sequenceNumber: readUint16(data, 2),
    timestamp: readUint32(data, 4),
    ssrc: readUint32(data, 8),
    marker: second >= 0x80,
    payload: data.subarray(start, end),
  };
  return level ? { ...packet, level } : packet;
}

/** RFC 6464 section 3: one bit "a voice", seven bits of decibels below the loudest. */
function readLevel(byte: number): AudioLevel {
  return { dbov: 0 - (byte & 0x7f), voice: byte >= 0x80 };
}

/** Where the data of element `id` begins; 0 when there is none, -1 when an element runs over the end. */
function findElement(data: Uint8Array, start: number, end: number, profile: number, id: number): number {
  const oneByte = profile === ONE_BYTE_PROFILE;
  if (!oneByte && (profile & TWO_BYTE_PROFILE_MASK) !== TWO_BYTE_PROFILE) return 0;
  let at = start;
  while (at < end) {
    const head = data[at] ?? 0;
    if (head === 0) {
      at += 1; // a byte of padding between elements
      continue;
    }
    const elementId = oneByte ? head >> 4 : head;
    if (oneByte && elementId === 15) return 0; // reserved: whatever follows is to be ignored
    if (!oneByte && at + 2 > end) return -1;
    const length = oneByte ? (head & 0x0f) + 1 : (data[at + 1] ?? 0);
    const body = at + (oneByte ? 1 : 2);
    if (body + length > end) return -1;
    if (elementId === id && length > 0) return body;
    at = body + length;
  }
  return 0;
}

function readUint16(data: Uint8Array, at: number): number {
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
}

function readUint32(data: Uint8Array, at: number): number {
  return (readUint16(data, at) * 0x10000 + readUint16(data, at + 2)) >>> 0;
}

export interface RtpWriterOptions {
  ssrc: number;
  payloadType: number;
}

/** Makes the packets of one outgoing stream, one per 20 ms frame. */
export class RtpWriter {
  readonly #ssrc: number;
  readonly #payloadType: number;
  /** Both should begin anywhere (RFC 3550 section 5.1), so that encrypted streams are harder to attack. */
  #sequenceNumber = Math.trunc(Math.random() * 0x8000);
  #timestamp = Math.trunc(Math.random() * 0x8000_0000);
  #written = 0;

  constructor({ ssrc, payloadType }: RtpWriterOptions) {
    this.#ssrc = ssrc;
    this.#payloadType = payloadType;
  }

  /** RTP time of the packet written last. */
  get timestamp(): number {
    return this.#written;
  }

  /**
   * The next packet, in a buffer of its own. `skippedFrames` counts the 20 ms frames that were not sent since the last
   * one: the timestamp jumps over them, the sequence number does not. `marker` belongs on the first packet after such a
   * gap (RFC 3551 section 4.1).
   */
  write(
    payload: Uint8Array,
    { marker, skippedFrames = 0 }: { marker: boolean; skippedFrames?: number },
  ): Buffer {
    const packet = Buffer.allocUnsafe(FIXED_HEADER_BYTES + payload.length);
    this.#timestamp = (this.#timestamp + skippedFrames * RTP_TICKS_PER_FRAME) >>> 0;
    packet[0] = 0x80;
    packet[1] = (marker ? 0x80 : 0) | this.#payloadType;
    packet.writeUInt16BE(this.#sequenceNumber, 2);
    this.#written = this.#timestamp;
    packet.writeUInt32BE(this.#timestamp, 4);
    packet.writeUInt32BE(this.#ssrc >>> 0, 8);
    packet.set(payload, FIXED_HEADER_BYTES);
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + RTP_TICKS_PER_FRAME) >>> 0;
    return packet;
  }
}
