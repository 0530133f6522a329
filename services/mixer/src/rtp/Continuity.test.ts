import { expect, test } from 'vitest';
import type { RtpPacket } from '../audio/rtp.ts';
import { Continuity } from './Continuity.ts';

const packet = (ssrc: number, sequenceNumber: number, timestamp: number): RtpPacket => ({
  ssrc,
  sequenceNumber,
  timestamp,
  payloadType: 111,
  marker: false,
  payload: Uint8Array.of(1),
});

test('the first stream keeps its numbers, also over the wrap', () => {
  const continuity = new Continuity();
  expect(continuity.follow(packet(1, 65_535, 4_294_966_700), 0)).toMatchObject({ sequenceNumber: 65_535 });
  expect(continuity.follow(packet(1, 0, 364), 20)).toMatchObject({ sequenceNumber: 0, timestamp: 364 });
});

test('a stream that was started again goes on where the former one was newest', () => {
  const continuity = new Continuity();
  continuity.follow(packet(1, 11, 2_960), 20);
  continuity.follow(packet(1, 10, 2_000), 21); // late
  const first = continuity.follow(packet(2, 40_000, 77), 1_020);
  expect(first).toMatchObject({ sequenceNumber: 12, timestamp: 2_960 + 48_000 });
  const second = continuity.follow(packet(2, 40_001, 77 + 960), 1_040);
  expect(second).toMatchObject({ sequenceNumber: 13, timestamp: 2_960 + 48_000 + 960 });
});
