import { describe, expect, it } from 'vitest';
import { readRtp, RtpWriter, type RtpPacket } from './rtp.ts';
import { seededRandom } from './testing/random.ts';
import { LEVEL_ID, rtpBytes } from './testing/rtpBytes.ts';

const packet: RtpPacket = {
  payloadType: 111,
  sequenceNumber: 65_535,
  timestamp: 0xffff_fff0,
  ssrc: 0xdead_beef,
  marker: true,
  payload: Uint8Array.of(1, 2, 3),
};
const plain = (first: number, ...rest: number[]) =>
  Uint8Array.of(first, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, ...rest);

describe('readRtp', () => {
  it('reads every field, the largest numbers too', () => {
    expect(readRtp(rtpBytes(packet))).toEqual({ ...packet, payload: Buffer.of(1, 2, 3) });
  });

  it.each([[{ dbov: 0, voice: true }], [{ dbov: -127, voice: false }], [{ dbov: -42, voice: true }]])(
    'reads the level %o from a one-byte extension',
    (level) => {
      expect(readRtp(rtpBytes({ ...packet, level }), LEVEL_ID)?.level).toEqual(level);
      expect(readRtp(rtpBytes({ ...packet, level }), 3)?.level).toBeUndefined();
      expect(readRtp(rtpBytes({ ...packet, level }))?.level).toBeUndefined();
    },
  );

  it('finds the level behind other elements and padding', () => {
    const bytes = plain(0x90, 0xbe, 0xde, 0, 2, 0x31, 9, 9, 0, 0x70, 0x85, 0, 0, 55);
    expect(readRtp(bytes, 7)).toMatchObject({ level: { dbov: -5, voice: true }, payload: Uint8Array.of(55) });
  });

  it('reads two-byte extensions, empty elements too', () => {
    const bytes = plain(0x90, 0x10, 0x03, 0, 2, 7, 0, 200, 1, 0x0a, 0, 0, 0, 55);
    expect(readRtp(bytes, 200)?.level).toEqual({ dbov: -10, voice: false });
    expect(readRtp(bytes, 7)?.level).toBeUndefined();
  });

  it('stops at the reserved ID 15 and skips unknown profiles', () => {
    expect(readRtp(plain(0x90, 0xbe, 0xde, 0, 1, 0xf0, 0x70, 0x85, 0), 7)?.level).toBeUndefined();
    expect(readRtp(plain(0x90, 0x12, 0x34, 0, 1, 0x70, 0x85, 0, 0, 9), 7)?.payload).toEqual(Uint8Array.of(9));
  });

  it('skips CSRCs and takes padding off', () => {
    expect(readRtp(plain(0x82, 0, 0, 0, 4, 0, 0, 0, 5, 77))?.payload).toEqual(Uint8Array.of(77));
    expect(readRtp(plain(0xa0, 77, 78, 0, 2))?.payload).toEqual(Uint8Array.of(77, 78));
    expect(readRtp(plain(0xa0, 0, 0, 3))?.payload).toEqual(new Uint8Array());
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['too short', plain(0x80).subarray(0, 11)],
    ['another version', plain(0x40, 1)],
    ['RTCP', Uint8Array.of(0x80, 200, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3)],
    ['CSRCs that are not there', plain(0x8f, 1, 2, 3)],
    ['an extension that is not there', plain(0x90, 0xbe, 0xde)],
    ['an extension that is too long', plain(0x90, 0xbe, 0xde, 0, 9, 1, 2, 3, 4)],
    ['an element over the end', plain(0x90, 0xbe, 0xde, 0, 1, 0x7f, 0, 0, 0)],
    ['a two-byte element over the end', plain(0x90, 0x10, 0, 0, 1, 0, 0, 0, 7)],
    ['padding of nothing', plain(0xa0, 1, 0)],
    ['more padding than packet', plain(0xa0, 1, 200)],
  ])('refuses %s', (_name, bytes) => {
    expect(readRtp(bytes, 7)).toBeUndefined();
  });

  it('never throws and never reads beyond the end, whatever comes', () => {
    const random = seededRandom(1);
    let read = 0;
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256));
      if (bytes.length > 0 && random() < 0.8) bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
      const result = readRtp(bytes, 1 + Math.floor(random() * 14));
      if (!result) continue;
      read++;
      expect(result.payload.byteOffset + result.payload.length).toBeLessThanOrEqual(bytes.length);
      expect(result.level?.dbov ?? 0).toBeGreaterThanOrEqual(-127);
    }
    expect(read).toBeGreaterThan(1_000);
  });

  it('survives every truncation of a good packet', () => {
    const bytes = rtpBytes({ ...packet, level: { dbov: -3, voice: true } });
    for (let size = 0; size < bytes.length; size++)
      expect(() => readRtp(bytes.subarray(0, size), LEVEL_ID)).not.toThrow();
  });
});

describe('RtpWriter', () => {
  it('counts packets by one and time by frames, over both wraps', () => {
    const writer = new RtpWriter({ ssrc: 0xffff_fffe, payloadType: 100 });
    let before = readRtp(writer.write(Uint8Array.of(1), { marker: true }));
    for (let round = 0; round < 70_000; round++) {
      const skippedFrames = round % 100 === 0 ? 1_000 : 0;
      const next = readRtp(writer.write(Uint8Array.of(1), { marker: skippedFrames > 0, skippedFrames }));
      if (!next || !before) throw new Error('not readable');
      if ((next.sequenceNumber - before.sequenceNumber + 0x1_0000) % 0x1_0000 !== 1)
        throw new Error('sequence');
      const ticks = (next.timestamp - before.timestamp + 0x1_0000_0000) % 0x1_0000_0000;
      if (ticks !== 960 * (1 + skippedFrames)) throw new Error('timestamp');
      before = next;
    }
    expect(before).toMatchObject({ ssrc: 0xffff_fffe, payloadType: 100, marker: false });
  });

  it('marks the packet after a gap', () => {
    const writer = new RtpWriter({ ssrc: 1, payloadType: 100 });
    expect(readRtp(writer.write(Uint8Array.of(1, 2), { marker: true }))).toMatchObject({
      marker: true,
      payload: Buffer.of(1, 2),
    });
  });
});
