import { expect, test } from 'vitest';
import { CYCLE_MS, offsetMs, placeMs, stretches, TALK_MS } from './script.ts';

test.each([
  [4, 1.4],
  [4, 1],
  [2, 2],
  [8, 3.5],
])('of %i people %s speak at once on average', (participants, talkers) => {
  const all = stretches(7, participants, talkers);
  const spoken = all.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  expect(spoken / TALK_MS).toBeCloseTo(talkers);
  expect(new Set(all.map(({ bot }) => bot)).size).toBe(all.length);
  expect(all.every(({ fromMs, toMs }) => fromMs >= 0 && toMs <= TALK_MS)).toBe(true);
});

test('everybody begins once in as many cycles as there are people, and nobody speaks without talkers', () => {
  const begins = [0, 1, 2, 3].map((cycle) => stretches(cycle, 4, 1.4)[0]?.bot);
  expect(begins).toEqual([0, 1, 2, 3]);
  expect(stretches(0, 4, 0)).toEqual([]);
});

test('rooms are spread over the cycle', () => {
  expect([0, 1, 2, 3].map((room) => offsetMs(room, 4))).toEqual([0, 5_000, 10_000, 15_000]);
  expect(offsetMs(99, 100)).toBeLessThan(CYCLE_MS);
});

test('the first so many rooms are spread, too, however many come after them', () => {
  for (const count of [5, 20, 74]) {
    const places = Array.from({ length: count }, (_, room) => placeMs(room)).sort((a, b) => a - b);
    const steps = places.map((place, i) => (places[i + 1] ?? CYCLE_MS) - place);
    expect(Math.max(...steps)).toBeLessThan((3 * CYCLE_MS) / count);
  }
});
