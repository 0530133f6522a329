import { expect, test } from 'vitest';
import { silenceIn } from './silence.ts';

const frames = (...ranges: [number, number][]) =>
  ranges.flatMap(([from, to]) =>
    Array.from({ length: (to - from) / 20 }, (_, index) => ({ arrivedMs: from + index * 20 })),
  );

test('a stream that goes on was not interrupted', () => {
  expect(silenceIn(frames([0, 4_000]), 1_000, 3_000)).toEqual({ holeMs: 20, silentMs: 0, backAfterMs: 0 });
});

test('the longest hole counts, and the end of the last one', () => {
  const heard = frames([0, 1_000], [1_500, 2_000], [2_300, 4_000]);
  expect(silenceIn(heard, 1_200, 3_500)).toEqual({
    holeMs: 520,
    silentMs: 840,
    backAfterMs: 1_100,
  });
});

test('a stream that never came back is silent to the end', () => {
  expect(silenceIn(frames([0, 1_000]), 1_000, 5_000)).toMatchObject({ backAfterMs: 4_000 });
});
