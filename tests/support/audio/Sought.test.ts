import { expect, test } from 'vitest';
import { Sought } from './Sought.ts';
import { speech } from './voices.ts';

test('finds a piece that comes in bits, wherever the looks cut it', async () => {
  const recording = await speech('anna');
  const piece = recording.slice(50_000, 74_000);
  for (const step of [7_001, 24_000, 100_000]) {
    const sought = new Sought(piece);
    const scores: number[] = [];
    for (let end = step; end < recording.length + step; end += step)
      scores.push(sought.look(recording.subarray(0, end)).score);
    expect(sought.look(recording)).toMatchObject({ at: 50_000 });
    expect(scores.at(-1)).toBeGreaterThan(0.99);
    expect(scores[0]).toBeLessThan(step < 50_000 ? 0.4 : 1.01);
  }
});

test('a recording that begins anew is looked at from its start', async () => {
  const [anna, ben] = [await speech('anna'), await speech('ben')];
  const sought = new Sought(anna.slice(0, 24_000));
  expect(sought.look(anna).score).toBeGreaterThan(0.99);
  expect(sought.look(ben.subarray(0, 100_000)).score).toBeLessThan(0.4);
});
