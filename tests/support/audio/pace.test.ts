import { expect, test } from 'vitest';
import { paceOf } from './pace.ts';

const even = Array.from({ length: 101 }, (_, i) => ({ atMs: 5 + i * 20, samples: 480 }));

test('an even stream', () => {
  expect(paceOf(even, 24_000)).toEqual({ samplesPerSecond: 24_000, longestPauseMs: 20, wobbleMs: 0 });
});

test('a hitch that is caught up is a pause and a wobble, not another rate', () => {
  const hitch = even.map((arrival, i) => (i >= 50 && i < 60 ? { ...arrival, atMs: 5 + 60 * 20 } : arrival));
  expect(paceOf(hitch, 24_000)).toEqual({ samplesPerSecond: 24_000, longestPauseMs: 220, wobbleMs: 200 });
});

test('a gap that is never filled is another rate', () => {
  const gap = even.filter((_, i) => i < 50 || i >= 60);
  expect(paceOf(gap, 24_000).samplesPerSecond).toBeCloseTo(24_000 * 0.9, 0);
});

test('nothing has no pace', () => {
  expect(paceOf([], 24_000).samplesPerSecond).toBe(0);
});
