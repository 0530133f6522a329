import { describe, expect, test } from 'vitest';
import { isSeam, type Moment, planSeam } from './seam.ts';

const HOUR = 3_600_000;
const still: Moment = { quietMs: 10_000, turnOpen: false, answering: false, playing: false };

describe('when', () => {
  test('M100 an hour: after 55 minutes, at the latest ten seconds before its end', () => {
    expect(planSeam(HOUR, HOUR)).toEqual({ dueMs: 3_300_000, deadlineMs: 3_590_000 });
    expect(planSeam(undefined, 3_300_000)).toEqual({ dueMs: 3_300_000, deadlineMs: 3_590_000 });
  });

  test('M100 sooner when it is told to be sooner', () => {
    expect(planSeam(HOUR, 60_000)).toEqual({ dueMs: 60_000, deadlineMs: 3_590_000 });
    expect(planSeam(1_800_000, 3_300_000)).toEqual({ dueMs: 1_650_000, deadlineMs: 1_790_000 });
  });

  test.each([20_000, 5_000, 3_000, 1_000, 100])('M100 a life of %i ms has both in it', (lifeMs) => {
    const { dueMs, deadlineMs } = planSeam(lifeMs, 3_300_000);
    expect(dueMs).toBeGreaterThan(0);
    expect(deadlineMs).toBeGreaterThan(dueMs);
    expect(deadlineMs).toBeLessThan(lifeMs);
  });
});

describe('the moment', () => {
  test('M101 silence all round is always right', () => {
    expect(isSeam(still, 290_000, 72_000)).toBe(true);
  });

  test.each([
    ['somebody was heard just now', { quietMs: 280 }],
    ['a turn is open', { turnOpen: true }],
    ['an answer is on its way', { answering: true }],
    ['a reply is being heard', { playing: true }],
  ] as const)('M101 not while there is time and %s', (_, what) => {
    expect(isSeam({ ...still, ...what }, 73_000, 72_000)).toBe(false);
  });

  test('M101 under pressure a pause of the people will do, then one between words, then none', () => {
    const reply = { ...still, answering: true, playing: true };
    expect(isSeam(reply, 72_000, 72_000)).toBe(true);
    const word = { ...reply, turnOpen: true, quietMs: 120 };
    expect(isSeam(word, 72_000, 72_000)).toBe(false);
    expect(isSeam(word, 36_000, 72_000)).toBe(true);
    const speech = { ...word, quietMs: 0 };
    expect(isSeam(speech, 1, 72_000)).toBe(false);
    expect(isSeam(speech, 0, 72_000)).toBe(true);
  });
});
