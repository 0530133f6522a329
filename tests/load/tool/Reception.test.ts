import { expect, test } from 'vitest';
import { Reception } from './Reception.ts';

const packet = (sequence: number, marker = false) =>
  Uint8Array.of(0x80, (marker ? 0x80 : 0) | 111, (sequence >> 8) & 0xff, sequence & 0xff);

test('a stream of 20 ms packets is 50 a second, also over the wrap', () => {
  const reception = new Reception();
  for (let i = 0; i < 200; i++) reception.take(packet(65_500 + i, i === 0), i * 20);
  expect(reception.received).toEqual({ packets: 200, lost: 0, gaps: 0, rate: 50 });
  expect(reception.beginnings).toEqual([0]);
});

test('a pause with a marker behind it is none; without one it is a gap', () => {
  const reception = new Reception();
  for (let i = 0; i < 100; i++) reception.take(packet(i), i * 20);
  reception.take(packet(100, true), 9_000);
  reception.take(packet(101), 9_100);
  expect(reception.received).toMatchObject({ gaps: 1, rate: 50 });
  expect(reception.beginnings).toEqual([9_000]);
});

test('what is missing is lost, what comes late is not', () => {
  const reception = new Reception();
  for (const sequence of [1, 2, 5, 4]) reception.take(packet(sequence), sequence * 20);
  expect(reception.received.lost).toBe(1);
});
