import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('pauses double from half a second to ten', () => {
  const middle = (attempt: number) => backoffMs(attempt, () => 0.5);
  expect([1, 2, 3, 4, 5, 6, 40].map(middle)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('devices do not all knock at the same moment', () => {
  expect([backoffMs(3, () => 0), backoffMs(3, () => 1)]).toEqual([1_600, 2_400]);
});
