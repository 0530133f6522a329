import { expect, test } from 'vitest';
import { RateLimit } from './RateLimit.ts';

test('gives the burst at once, then so many per second', () => {
  const limit = new RateLimit({ perSecond: 2, burst: 3 });
  expect([1, 2, 3, 4].map(() => limit.take(0))).toEqual([true, true, true, false]);
  expect(limit.take(499)).toBe(false);
  expect(limit.take(500)).toBe(true);
  expect(limit.take(500)).toBe(false);
});

test('never saves up more than the burst', () => {
  const limit = new RateLimit({ perSecond: 100, burst: 2 });
  limit.take(0);
  expect([1, 2, 3].map(() => limit.take(1_000_000))).toEqual([true, true, false]);
});

test('a clock that goes back takes nothing away', () => {
  const limit = new RateLimit({ perSecond: 1, burst: 2 });
  limit.take(1_000);
  expect(limit.take(0)).toBe(true);
});
