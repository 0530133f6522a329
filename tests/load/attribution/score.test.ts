import { describe, expect, test } from 'vitest';
import {
  errorsOf,
  faultOf,
  joined,
  mean,
  quantile,
  score,
  type Shares,
  type TrueTurn,
  turnError,
} from './score.ts';

const shares = (...parts: number[]): Shares =>
  new Map(parts.flatMap((part, speaker) => (part > 0 ? [[speaker, part]] : [])));
const told = (startMs: number, endMs: number, who: Shares, overlap = 0) => ({
  startMs,
  endMs,
  shares: who,
  overlap,
});
const truth = (startMs: number, endMs: number, who: Shares, overlap = 0): TrueTurn => ({
  ...told(startMs, endMs, who, overlap),
  kind: 'solo',
  timeShares: who,
});

describe('matching', () => {
  test('a turn is told with the silence around it', () => {
    const result = score([truth(1_000, 3_000, shares(1))], [told(700, 3_600, shares(1))]);
    expect(result).toMatchObject({
      spurious: 0,
      turns: [{ fault: undefined, errors: { share: 0, overlap: 0 } }],
    });
    expect(turnError(result)).toBe(0);
  });

  test('what is not told is missing, what was not said is spurious', () => {
    const result = score([truth(1_000, 3_000, shares(1))], [told(5_000, 6_000, shares(1))]);
    expect(result).toMatchObject({ spurious: 1, turns: [{ fault: 'missing', errors: undefined }] });
    expect(errorsOf(result, 'share')).toEqual([]);
    expect(turnError(result)).toBe(2);
  });

  test('a turn torn in two is one too many', () => {
    const result = score(
      [truth(0, 4_000, shares(0.5, 0.5))],
      [told(0, 1_500, shares(1)), told(1_600, 4_000, shares(0.3, 0.7))],
    );
    expect(result).toMatchObject({ spurious: 1, turns: [{ fault: undefined }] });
    expect(errorsOf(result, 'share')[0]).toBeCloseTo(20);
  });

  test('two turns told as one: the longer one has it, the other one is missing', () => {
    const result = score(
      [truth(0, 1_000, shares(1)), truth(2_000, 5_000, shares(0, 1))],
      [told(0, 5_500, shares(0.25, 0.75))],
    );
    expect(result.turns.map(({ fault }) => fault)).toEqual(['missing', '0 did not speak']);
  });
});

describe('speakers', () => {
  test.each([
    ['small differences are none', shares(0.7, 0.3), shares(0.6, 0.4), undefined],
    ['a word in between need not be named', shares(0.9, 0.1), shares(1), undefined],
    ['who has a part must be named', shares(0.8, 0.2), shares(1), '1 with 20 % not named'],
    ['who was silent must not be', shares(1), shares(0.97, 0.03), '1 did not speak'],
    ['nor somebody nobody knows', shares(1), new Map([[-1, 1]]), '-1 did not speak'],
    ['the main speaker comes first', shares(0.7, 0.3), shares(0.4, 0.6), '1 is not the main speaker'],
    ['of two alike either may', shares(0.54, 0.46), shares(0.49, 0.51), undefined],
    ['somebody must be named', shares(0.1, 0.1, 0.1), shares(), 'nobody named'],
  ])('%s', (_name, really, said, fault) => expect(faultOf(really, said)).toBe(fault));

  test('the error of the shares is the part that the wrong person got', () => {
    const result = score(
      [truth(0, 1_000, shares(0.5, 0.3, 0.2), 0.25)],
      [told(0, 1_000, shares(0.4, 0.3, 0.3), 0.2)],
    );
    expect(errorsOf(result, 'share')[0]).toBeCloseTo(10);
    expect(errorsOf(result, 'overlap')[0]).toBeCloseTo(5);
  });
});

test('rooms are scored together', () => {
  const right = score([truth(0, 1_000, shares(1))], [told(0, 1_000, shares(1))]);
  const wrong = score([truth(0, 1_000, shares(1))], []);
  expect(turnError(joined([right, wrong, right, right]))).toBe(0.25);
  expect(errorsOf(joined([right, right]), 'share')).toEqual([0, 0]);
});

test('mean and quantiles', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(mean([])).toBe(0);
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantile(hundred, 0.95)).toBe(95);
  expect(quantile([7], 0.5)).toBe(7);
  expect(quantile([], 0.5)).toBe(0);
});
