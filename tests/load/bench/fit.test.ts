import { expect, test } from 'vitest';
import { fitLine } from './fit.ts';

test('a line is found again, and noise on both sides of it changes nothing', () => {
  expect(fitLine([0, 1, 2].map((x) => [x, 3 + 2 * x]))).toEqual({ slope: 2, intercept: 3 });
  const { slope, intercept } = fitLine(
    [0, 10, 20, 30].map((x, at) => [x, 5 + x / 2 + ([1, -1, -1, 1][at] ?? 0)]),
  );
  expect([slope, intercept]).toEqual([0.5, 5]);
});

test('one point has no slope', () => expect(fitLine([[4, 7]])).toEqual({ slope: 0, intercept: 7 }));
