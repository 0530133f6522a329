import { expect, test } from 'vitest';
import { Reception } from './Reception.ts';

test('a stream of 20 ms packets is 50 a second, also over the wrap', () => {
  const reception = new Reception();
  for (let i = 0; i < 200; i++) reception.take((65_500 + i) & 0xffff, i === 0, i * 20);
  expect(reception.received).toEqual({ packets: 200, lost: 0, gaps: 0, rate: 50 });
  expect(reception.beginnings).toEqual([0]);
});

test('a pause with a marker behind it is none; without one it is a gap', () => {
  const reception = new Reception();
  for (let i = 0; i < 100; i++) reception.take(i, false, i * 20);
  reception.take(100, true, 9_000);
  reception.take(101, false, 9_100);
  expect(reception.received).toMatchObject({ gaps: 1, rate: 50 });
  expect(reception.beginnings).toEqual([9_000]);
});

test('what is missing is lost, what comes late is not', () => {
  const reception = new Reception();
  for (const sequence of [1, 2, 5, 4]) reception.take(sequence, false, sequence * 20);
  expect(reception.received.lost).toBe(1);
});

test('what says that nothing is to be heard ends a stretch; the next sound begins one, marked or not', () => {
  const reception = new Reception();
  for (let i = 0; i < 100; i++) reception.take(i, false, i * 20);
  for (let i = 0; i < 5; i++) reception.take(100 + i, true, 2_000 + i * 400, true);
  for (let i = 0; i < 100; i++) reception.take(105 + i, false, 3_620 + i * 20);
  expect(reception.received).toEqual({ packets: 205, lost: 0, gaps: 0, rate: 50 });
  expect(reception.beginnings).toEqual([3_620]);
});
