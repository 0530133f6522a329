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
  readonly payload: Uint8Array;
  /** The sender's own measure (RFC 6464), when it sends one: dBov -127…0, and whether it takes it for a voice. */
  readonly level?: { readonly dbov: number; readonly voice: boolean };
}

const FIXED_HEADER_BYTES = 12;

/** Returns undefined for whatever is not a well-formed RTP packet; never throws. `audioLevelExtensionId` is 1…255. */
export function readRtp(_data: Uint8Array, _audioLevelExtensionId?: number): RtpPacket | undefined {
  return undefined;
}

export interface RtpWriterOptions {
  ssrc: number;
  payloadType: number;
}

/** Makes the packets of one outgoing stream, one per 20 ms frame. */
export class RtpWriter {
  readonly #ssrc: number;
  readonly #payloadType: number;
  #sequenceNumber = 0;
  #timestamp = 0;

  constructor({ ssrc, payloadType }: RtpWriterOptions) {
    this.#ssrc = ssrc;
    this.#payloadType = payloadType;
  }

  /**
   * The next packet. `skippedFrames` counts the 20 ms frames that were not sent since the last one: the timestamp
   * jumps over them, the sequence number does not (RFC 3550 section 5.1). `marker` belongs on the first packet after such a gap
   * (RFC 3551 section 4.1).
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
    packet.writeUInt32BE(this.#timestamp, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    packet.set(payload, FIXED_HEADER_BYTES);
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + RTP_TICKS_PER_FRAME) >>> 0;
    return packet;
  }
}
