import { expect, test } from 'vitest';
import { grows, slopeOf } from './slope.ts';

const MINUTE_MS = 60_000;

test('a straight line is found exactly, without an error', () => {
  const samples = [0, 1, 2, 3].map((minute) => ({ atMs: 5 + minute * MINUTE_MS, value: 100 + minute }));
  const slope = slopeOf(samples);
  expect(slope?.perHour).toBeCloseTo(60);
  expect(slope?.error).toBeCloseTo(0);
  expect(slope && grows(slope, 1)).toBe(true);
});

test('what only goes up and down grows within its error', () => {
  const samples = Array.from({ length: 20 }, (_, i) => ({ atMs: i * MINUTE_MS, value: 100 + (i % 2) }));
  const slope = slopeOf(samples);
  expect(Math.abs(slope?.perHour ?? NaN)).toBeLessThan(3 * (slope?.error ?? 0));
  expect(slope && grows(slope, 0)).toBe(false);
});

test('too little to know is nothing', () => {
  expect(slopeOf([])).toBeUndefined();
  expect(slopeOf([1, 2].map((value) => ({ atMs: value, value })))).toBeUndefined();
  expect(slopeOf([1, 2, 3].map((value) => ({ atMs: 7, value })))).toBeUndefined();
});

test('growth that is certain but not worth a word is none', () => {
  expect(grows({ perHour: 0.5, error: 0.01 }, 1)).toBe(false);
  expect(grows({ perHour: 5, error: 0.01 }, 1)).toBe(true);
});
