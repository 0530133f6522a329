import type { InjectedPacket } from '../room/mediaPorts.ts';

const FIXED_HEADER_BYTES = 12;
/** Profile `0xBEDE`, one word: a one-byte header, the level, two bytes of padding (RFC 8285 section 4.2). */
const LEVEL_EXTENSION_BYTES = 8;
const ONE_BYTE_PROFILE = 0xbede;

/** A packet of our own stream around a payload from elsewhere: its numbering kept, its identity ours. */
export function packRtp(
  { payload, sequenceNumber, timestamp, marker, level }: InjectedPacket,
  identity: { ssrc: number; payloadType: number; levelExtensionId: number },
): Buffer {
  const headerBytes = FIXED_HEADER_BYTES + (level ? LEVEL_EXTENSION_BYTES : 0);
  const packet = Buffer.alloc(headerBytes + payload.length);
  packet[0] = level ? 0x90 : 0x80;
  packet[1] = (marker ? 0x80 : 0) | identity.payloadType;
  packet.writeUInt16BE(sequenceNumber & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(identity.ssrc, 8);
  if (level) {
    packet.writeUInt16BE(ONE_BYTE_PROFILE, 12);
    packet.writeUInt16BE(1, 14);
    packet[16] = identity.levelExtensionId << 4;
    packet[17] = (level.voice ? 0x80 : 0) | (Math.min(127, Math.max(0, -level.dbov)) & 0x7f);
  }
  packet.set(payload, headerBytes);
  return packet;
}
