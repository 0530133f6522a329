import type { RtpPacket } from '../rtp.ts';

/** The ID under which `rtpBytes` sends the level. */
export const LEVEL_ID = 7;

/** A packet as a sender would write it: its level, if it has one, as a one-byte header extension. */
export function rtpBytes(packet: RtpPacket): Buffer {
  const { level, payload } = packet;
  const header = Buffer.alloc(level ? 20 : 12);
  header[0] = level ? 0x90 : 0x80;
  header[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  header.writeUInt16BE(packet.sequenceNumber, 2);
  header.writeUInt32BE(packet.timestamp, 4);
  header.writeUInt32BE(packet.ssrc, 8);
  if (level) {
    header.writeUInt16BE(0xbede, 12);
    header.writeUInt16BE(1, 14);
    header[16] = LEVEL_ID << 4;
    header[17] = (level.voice ? 0x80 : 0) | -level.dbov;
  }
  return Buffer.concat([header, payload]);
}
