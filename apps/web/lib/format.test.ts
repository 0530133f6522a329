import { expect, test } from 'vitest';
import { ago, clock, duration, levelShare, money } from './format.ts';

test.each([
  [-5, '0:00'],
  [7_400, '0:07'],
  [750_000, '12:30'],
  [3_723_000, '1:02:03'],
])('%i ms on the clock is %s', (ms, text) => {
  expect(clock(ms)).toBe(text);
});

test.each([
  [8_000, '8 s'],
  [59_900, '1 min'],
  [12 * 60_000, '12 min'],
  [60 * 60_000, '1 h'],
  [65 * 60_000, '1 h 5 min'],
  [119.8 * 60_000, '2 h'],
])('%d ms last %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [1_000, 'just now'],
  [4 * 60_000, '4 min ago'],
  [3 * 3_600_000, '3 h ago'],
])('%i ms back is %s', (ms, text) => {
  expect(ago(1e12 - ms, 1e12)).toBe(text);
});

test('a level bar is empty in silence, full when loud, and grows between', () => {
  expect([levelShare(-127), levelShare(-5)]).toEqual([0, 1]);
  expect(levelShare(-20)).toBeGreaterThan(levelShare(-40));
});

test('money is dollars and cents, and a little is not nothing', () => {
  expect([0, 0.004, 0.04, 1234.5].map(money)).toEqual(['$0.00', 'under $0.01', '$0.04', '$1,234.50']);
});
