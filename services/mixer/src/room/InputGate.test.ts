import { FRAME_SAMPLES } from '@parley/contract';
import { expect, test } from 'vitest';
import { INPUT_HANGOVER_MS, InputGate, LOOK_BACK_FRAMES } from './InputGate.ts';

const NOBODY = new Map();
const frame = (value: number) => new Int16Array(FRAME_SAMPLES).fill(value);

function gate() {
  const pushed: (number | undefined)[] = [];
  return { pushed, input: new InputGate((pcm) => pushed.push(pcm[0])) };
}

test('M10 what comes just before the first voice is sent too, in order, once', () => {
  const { pushed, input } = gate();
  for (let i = 1; i <= 30; i++) input.take(frame(i), NOBODY, false, i * 20);
  expect(pushed).toEqual([]);
  input.take(frame(31), NOBODY, true, 620);
  input.take(frame(32), NOBODY, true, 640);
  expect(pushed).toEqual(Array.from({ length: LOOK_BACK_FRAMES + 2 }, (_, i) => 21 + i));
});

test('M10 goes on for the hangover after the last voice, without a gap', () => {
  const { pushed, input } = gate();
  input.take(frame(1), NOBODY, true, 0);
  for (let ms = 20; ms <= 10_000; ms += 20) input.take(frame(2), NOBODY, false, ms);
  expect(pushed).toHaveLength(1 + INPUT_HANGOVER_MS / 20);
  expect(input.open(INPUT_HANGOVER_MS)).toBe(true);
  expect(input.open(INPUT_HANGOVER_MS + 20)).toBe(false);
});

test('frames from before a sleep are not sent with those after it', () => {
  const { pushed, input } = gate();
  for (let i = 0; i < 5; i++) input.take(frame(7), NOBODY, false, i * 20);
  input.forget();
  input.take(frame(8), NOBODY, true, 60_000);
  expect(pushed).toEqual([8]);
});

test('keeps a copy, not the mixer’s buffer', () => {
  const { pushed, input } = gate();
  const shared = frame(1);
  input.take(shared, NOBODY, false, 0);
  shared.fill(99);
  input.take(frame(2), NOBODY, true, 20);
  expect(pushed).toEqual([1, 2]);
});
