import { describe, expect, test } from 'vitest';
import { findIn } from './correlate.ts';
import { follow } from './follow.ts';
import { findGaps, rmsDbov } from './level.ts';
import { resample } from './resample.ts';
import { RATE, VOICES, inStepWith, microphone, repeated, speech } from './voices.ts';
import { readWav } from './wav.ts';

/** A sine of full scale times `gain`. */
function tone(hz: number, rate: number, ms: number, gain = 1): Int16Array {
  return Int16Array.from(
    { length: (rate * ms) / 1000 },
    (_, i) => 32_767 * gain * Math.sin((2 * Math.PI * hz * i) / rate),
  );
}
const mixed = (a: Int16Array, b: Int16Array) => a.map((sample, i) => (sample + (b[i] ?? 0)) / 2);

describe('level', () => {
  test('a full-scale sine is -3.01 dBov, silence -127', () => {
    expect(rmsDbov(tone(440, RATE, 1_000))).toBeCloseTo(-3.01, 1);
    expect(rmsDbov(tone(440, RATE, 1_000, 0.1))).toBeCloseTo(-23.01, 1);
    expect(rmsDbov(new Int16Array(480))).toBe(-127);
    expect(rmsDbov(new Int16Array(0))).toBe(-127);
  });

  test('gaps are found with their place, at the end too', () => {
    const samples = tone(440, RATE, 1_000, 0.5);
    samples.fill(0, 4_800, 7_200);
    samples[7_200] = 9;
    samples.fill(1, 22_800, 24_000);
    expect(findGaps(samples, RATE, 50)).toEqual([{ fromMs: 200, toMs: 300 }]);
    const [first, last] = findGaps(samples, RATE, 40, 1);
    expect(first?.toMs).toBeCloseTo(300, 0);
    expect(last).toEqual({ fromMs: 950, toMs: 1_000 });
    expect(findGaps(samples, RATE, 150)).toEqual([]);
  });
});

describe('resample', () => {
  test.each([
    [48_000, 24_000],
    [24_000, 48_000],
    [44_100, 24_000],
  ])('%d to %d Hz keeps a tone, its level and its place', (from, to) => {
    const out = resample(tone(1_000, from, 500, 0.5), from, to);
    expect(out).toHaveLength(to / 2);
    const inner = out.subarray(to / 20, -to / 20);
    const ideal = tone(1_000, to, 500, 0.5).subarray(to / 20, -to / 20);
    const error = inner.map((sample, i) => sample - (ideal[i] ?? 0));
    expect(rmsDbov(error)).toBeLessThan(rmsDbov(inner) - 60);
  });

  test('what lies above the new Nyquist frequency goes', () => {
    const out = resample(tone(15_000, 48_000, 500, 0.5), 48_000, 24_000);
    expect(rmsDbov(out.subarray(1_000, -1_000))).toBeLessThan(-60);
  });
});

describe('find', () => {
  test('each voice in a mix of two, at its place, and no other', async () => {
    const [anna, ben] = [await repeated('anna', 12, 0), await repeated('ben', 12, 0)];
    const mix = mixed(anna, ben.subarray(30_000));
    for (const voice of VOICES) {
      const piece = (await speech(voice)).subarray(48_000, 72_000);
      const { score, at } = findIn(piece, mix);
      if (voice === 'anna') expect([score > 0.45, at]).toEqual([true, 48_000]);
      else if (voice === 'ben') expect([score > 0.45, at]).toEqual([true, 18_000]);
      else expect(score).toBeLessThan(0.3);
    }
  });

  test('loudness does not matter, and nothing is found in nothing', async () => {
    const anna = await speech('anna');
    const quiet = anna.map((sample) => sample / 20);
    const match = findIn(anna.subarray(50_000, 80_000), quiet);
    expect(match.at).toBe(50_000);
    expect(match.score).toBeGreaterThan(0.99);
    expect(findIn(anna, new Int16Array(anna.length + 10))).toEqual({ score: 0, at: 0 });
    expect(findIn(anna, anna.subarray(1))).toEqual({ score: 0, at: 0 });
  });
});

describe('follow', () => {
  test('a looped voice keeps its lag', async () => {
    const source = await repeated('chloe', 30, 300);
    const recording = new Int16Array(source.length + 12_000);
    recording.set(source, 12_000);
    const track = follow(source, recording, RATE);
    expect(track.score).toBeGreaterThan(0.99);
    expect(track.pieces.map((piece) => piece.lagMs)).toEqual(track.pieces.map(() => 500));
    expect(track.driftMsPerMinute).toBeCloseTo(0, 3);
    expect(track.jitterMs).toBeCloseTo(0, 3);
  });

  test('a clock that is 0.02 % off drifts 12 ms per minute, a jump of 40 ms is jitter', async () => {
    const source = await repeated('ben', 30, 300);
    const slow = resample(source, 10_000, 10_002);
    expect(follow(source, slow, RATE).driftMsPerMinute).toBeCloseTo(12, 0);
    const jumped = new Int16Array(source.length);
    jumped.set(source.subarray(0, 240_000));
    jumped.set(source.subarray(240_960), 240_000);
    expect(follow(source, jumped, RATE).jitterMs).toBeGreaterThan(15);
  });

  test('a jump in the middle is a shift and no drift, beside a clock that is off as well', async () => {
    const source = await repeated('ben', 30, 300);
    const jumped = (samples: Int16Array): Int16Array => {
      const middle = samples.length >> 1;
      const result = new Int16Array(samples.length);
      result.set(samples.subarray(0, middle));
      result.set(samples.subarray(middle, -2_400), middle + 2_400);
      return result;
    };
    const steady = follow(source, jumped(source), RATE);
    expect(steady.driftMsPerMinute).toBeCloseTo(0, 1);
    expect(steady.shiftMs).toBeCloseTo(100, 0);
    const slow = follow(source, jumped(resample(source, 10_000, 10_010)), RATE);
    expect(slow.driftMsPerMinute).toBeGreaterThan(50);
    expect(slow.shiftMs).toBeGreaterThan(110);
  });
});

test('after a leap the track is found again', async () => {
  const source = await repeated('david', 30, 300);
  const leapt = new Int16Array(source.length);
  leapt.set(source.subarray(0, 240_000));
  leapt.set(source.subarray(240_000 + 24_000, -24_000), 240_000);
  const { pieces } = follow(source, leapt, RATE);
  expect(pieces.at(0)?.lagMs).toBe(0);
  expect(pieces.at(-2)).toMatchObject({ lagMs: -1_000 });
  expect(pieces.filter(({ score }) => score > 0.9).length).toBeGreaterThan(pieces.length - 5);
});

test('a source is brought in step with a recording that was begun in the middle', async () => {
  const recording = (await repeated('anna', 40, 300)).subarray(5 * RATE, 35 * RATE);
  expect(await inStepWith(recording, 'anna', 300)).toEqual(recording);
});

test('a microphone file holds the same speech at 48 kHz', async () => {
  const david = await speech('david');
  const wav = readWav(microphone(david));
  expect([wav.sampleRate, wav.channels, wav.samples.length]).toEqual([48_000, 1, david.length * 2]);
  expect(findIn(david.subarray(0, 48_000), resample(wav.samples, 48_000, RATE)).score).toBeGreaterThan(0.95);
});
