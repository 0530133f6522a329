import { FRAME_SAMPLES } from '@parley/contract';
import { expect, test } from 'vitest';
import { Fader } from './Fader.ts';
import { largestStep } from './testing/compare.ts';

const LOUD = 10_000;
function play(fader: Fader, targets: number[]): Int16Array {
  const out = new Int16Array(targets.length * FRAME_SAMPLES);
  targets.forEach((target, index) => {
    const frame = new Int16Array(FRAME_SAMPLES).fill(LOUD);
    fader.apply(frame, target);
    out.set(frame, index * FRAME_SAMPLES);
  });
  return out;
}

test('untouched at full loudness', () => {
  expect(play(new Fader(), [1, 1])).toEqual(new Int16Array(2 * FRAME_SAMPLES).fill(LOUD));
});

test('down within a frame, up over four, never with a click', () => {
  const fader = new Fader();
  const out = play(fader, [1, 0, 0, 1, 1, 1, 1, 0.25, 1]);
  expect(largestStep(out)).toBeLessThanOrEqual(Math.ceil(LOUD / FRAME_SAMPLES) + 1);
  expect(out[2 * FRAME_SAMPLES - 1]).toBe(0);
  expect(out[4 * FRAME_SAMPLES - 1]).toBe(2_500);
  expect(out[7 * FRAME_SAMPLES - 1]).toBe(LOUD);
  expect(out[8 * FRAME_SAMPLES - 1]).toBe(2_500);
  expect(fader.gain).toBe(0.5);
});
