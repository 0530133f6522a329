import { FRAME_SAMPLES } from '@parley/contract';
import { expect, test } from 'vitest';
import { INPUT_HANGOVER_MS, InputGate, LOOK_BACK_FRAMES } from './InputGate.ts';

const NOBODY = new Map();
const frame = (value: number) => new Int16Array(FRAME_SAMPLES).fill(value);

/** Takes frames 20 ms apart, `voiced` says of each whether somebody speaks; how many went out together, and when. */
function pieces(frames: number, voiced: (ms: number) => boolean): { atMs: number; frames: number }[] {
  const sent: { atMs: number; frames: number }[] = [];
  let [waiting, atMs] = [0, 0];
  const input = new InputGate((_pcm, _voices, urgent) => {
    waiting++;
    if (urgent) sent.push({ atMs, frames: waiting });
    if (urgent) waiting = 0;
  });
  for (let index = 0; index < frames; index++) {
    atMs = index * 20;
    input.take(frame(1), NOBODY, voiced(atMs), atMs);
  }
  return sent;
}

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

test('the first frame of a voice goes out at once, with what came before it', () => {
  const sent = pieces(20, (ms) => ms >= 300);
  expect(sent[0]).toEqual({ atMs: 300, frames: LOOK_BACK_FRAMES + 1 });
});

test('frames go out in twos while a voice begins and after it has ended, else in fives', () => {
  const sent = pieces(300, (ms) => ms < 2_000);
  const between = (fromMs: number, toMs: number) =>
    new Set(sent.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ frames }) => frames));
  expect(between(20, 300)).toEqual(new Set([2]));
  expect(between(420, 2_000)).toEqual(new Set([5]));
  expect(between(2_100, 3_200)).toEqual(new Set([2]));
  expect(between(3_400, 6_000)).toEqual(new Set([5]));
});

test('a voice that begins again in the silence behind the last one does not wait', () => {
  const sent = pieces(400, (ms) => ms < 1_000 || (ms >= 5_060 && ms < 5_400));
  expect(sent.map(({ atMs }) => atMs)).toContain(5_060);
  // Shorter pauses than 100 ms are part of it.
  const short = pieces(100, (ms) => ms < 1_000 || ms >= 1_060);
  expect(short.filter(({ atMs }) => atMs >= 1_060).every(({ frames }) => frames > 1)).toBe(true);
});
