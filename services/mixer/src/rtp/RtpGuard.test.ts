import { BlockList } from 'node:net';
import { beforeEach, expect, test } from 'vitest';
import { RtpWriter } from '../audio/rtp.ts';
import { noRtpCounts, type RtpCounts, RtpGuard } from './RtpGuard.ts';
import { readSources } from './sources.ts';

const HOME = '127.0.0.1';
/** One Opus frame of 20 ms (its first byte says so), and four of silence. */
const OPUS = Uint8Array.of(0x78, 1, 2, 3);

let counts: RtpCounts;
beforeEach(() => (counts = noRtpCounts()));

function guard({ ssrc }: { ssrc?: number } = {}): RtpGuard {
  const allowed = readSources('127.0.0.0/8') ?? new BlockList();
  return new RtpGuard({ allowed, payloadType: 111, ssrc, audioLevelExtId: undefined, counts });
}
const rtp = ({ ssrc = 5, payloadType = 111, payload = OPUS } = {}) =>
  new RtpWriter({ ssrc, payloadType }).write(payload, { marker: false });

test('M130 Opus from an allowed address is let in, repeated and out of order too: the jitter buffer knows', () => {
  const port = guard();
  const packet = rtp();
  expect(port.take(packet, HOME, 0)).toMatchObject({ ssrc: 5, payloadType: 111 });
  expect(port.take(packet, HOME, 1)).toBeDefined();
  expect([counts, port.lastMs]).toEqual([noRtpCounts(), 1]);
});

test('M130 what comes from elsewhere is dropped and counted, before anything in it is read', () => {
  const port = guard();
  expect(port.take(rtp(), '10.0.0.7', 0)).toBeUndefined();
  expect([counts.foreign, port.lastMs]).toEqual([1, -Infinity]);
});

test.each([
  ['nothing', new Uint8Array()],
  ['too short', rtp().subarray(0, 11)],
  ['no RTP', Buffer.from('OPTIONS sip:bob@example.org SIP/2.0\r\n')],
  ['an extension that runs over the end', Buffer.from([0x90, 111, ...new Uint8Array(14).fill(0xff)])],
  ['padding longer than the packet', Buffer.from([0xa0, 111, ...new Uint8Array(10), 200])],
  ['too long', rtp({ payload: new Uint8Array(1_600).fill(0x78) })],
  ['no Opus: 63 frames in a packet', rtp({ payload: Uint8Array.of(0x7b, 63) })],
])('M130 malformed: %s', (_what, bytes) => {
  expect(guard().take(bytes, HOME, 0)).toBeUndefined();
  expect(counts).toEqual({ ...noRtpCounts(), malformed: 1 });
});

test('M130 another payload type, or another SSRC than the agreed one', () => {
  const port = guard({ ssrc: 5 });
  expect(port.take(rtp({ payloadType: 96 }), HOME, 0)).toBeUndefined();
  expect(port.take(rtp({ ssrc: 6 }), HOME, 0)).toBeUndefined();
  expect(counts).toEqual({ ...noRtpCounts(), payload_type: 1, ssrc: 1 });
});

test('M130 a second stream is taken when the first has been silent for a second', () => {
  const port = guard();
  port.take(rtp(), HOME, 0);
  expect(port.take(rtp({ ssrc: 6 }), HOME, 999)).toBeUndefined();
  expect(counts.ssrc).toBe(1);
  expect(port.take(rtp({ ssrc: 6 }), HOME, 1_000)).toBeDefined();
  expect(port.take(rtp({ ssrc: 5 }), HOME, 1_020)).toBeUndefined();
});

test('M130 of a flood no more than 400 packets a second are read', () => {
  const port = guard();
  let taken = 0;
  for (let i = 0; i < 10_000; i++) if (port.take(rtp(), HOME, i / 10)) taken += 1;
  expect(taken).toBeGreaterThan(800);
  expect(taken).toBeLessThanOrEqual(1_201);
  expect(counts.flood).toBe(10_000 - taken);
});

test('M131 RTCP on the same port is welcome: no sound, but a sign of life', () => {
  const port = guard();
  const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 5]);
  expect(port.take(report, HOME, 7)).toBeUndefined();
  expect([counts, port.lastMs]).toEqual([noRtpCounts(), 7]);
  port.take(report, '10.0.0.7', 8);
  expect([counts.foreign, port.lastMs]).toEqual([1, 7]);
});

test('M131 RTCP does not keep the place of a stream that has ended', () => {
  const port = guard();
  port.take(rtp(), HOME, 0);
  port.take(Buffer.from([0x80, 200, 0, 1, 0, 0, 0, 5]), HOME, 900);
  expect(port.take(rtp({ ssrc: 6 }), HOME, 1_000)).toMatchObject({ ssrc: 6 });
});
