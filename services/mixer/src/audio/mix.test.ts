import { describe, expect, it } from 'vitest';
import { Limiter } from './Limiter.ts';
import { mixInto, mixMinus } from './mix.ts';
import { Mixer } from './Mixer.ts';
import { largestStep } from './testing/compare.ts';
import { seededRandom } from './testing/random.ts';
import { speech } from './testing/speech.ts';

const constant = (value: number) => new Int16Array(480).fill(value);
const noise = (seed: number, amplitude: number) => {
  const random = seededRandom(seed);
  return Int16Array.from({ length: 480 }, () => Math.round((random() * 2 - 1) * amplitude));
};
const tone = (frames: number, amplitude: number, hz = 400) =>
  Array.from({ length: frames }, (_, frame) =>
    Int32Array.from({ length: 480 }, (_, i) =>
      Math.round(amplitude * Math.sin((2 * Math.PI * hz * (frame * 480 + i)) / 24_000)),
    ),
  );
const limited = (limiter: Limiter, sum: Int32Array) => {
  const out = new Int16Array(480);
  limiter.process(sum, out);
  return out;
};

describe('mixInto and mixMinus', () => {
  it('adds without any limit, and takes one voice out again exactly', () => {
    const frames = [noise(1, 32_767), noise(2, 32_767), noise(3, 32_767)];
    const sum = new Int32Array(480);
    mixInto(sum, frames);
    const minus = new Int32Array(480);
    mixMinus(minus, sum, frames[1] ?? constant(0));
    for (let i = 0; i < 480; i++) {
      expect(sum[i]).toBe((frames[0]?.[i] ?? 0) + (frames[1]?.[i] ?? 0) + (frames[2]?.[i] ?? 0));
      expect(minus[i]).toBe((frames[0]?.[i] ?? 0) + (frames[2]?.[i] ?? 0));
    }
  });
});

describe('Limiter', () => {
  it('changes no bit below the threshold', () => {
    const limiter = new Limiter();
    for (let round = 0; round < 100; round++) {
      const frame = noise(round, 26_000);
      expect(limited(limiter, Int32Array.from(frame))).toEqual(frame);
    }
    expect(limiter.gain).toBe(1);
  });

  it('never wraps around, whatever is summed', () => {
    const limiter = new Limiter();
    const random = seededRandom(5);
    for (let round = 0; round < 2_000; round++) {
      const scale = 2 ** (random() * 20);
      const sum = Int32Array.from({ length: 480 }, () => Math.round((random() * 2 - 1) * 32_768 * scale));
      const out = limited(limiter, sum);
      for (let i = 0; i < 480; i++)
        if (Math.sign(out[i] ?? 0) * Math.sign(sum[i] ?? 0) < 0) throw new Error(`wrapped at ${sum[i]}`);
    }
    expect(
      limited(new Limiter(), new Int32Array(480).fill(2 ** 31 - 1)).every((sample) => sample >= 25_999),
    ).toBe(true);
    expect(
      limited(new Limiter(), new Int32Array(480).fill(-(2 ** 31))).every((sample) => sample <= -25_999),
    ).toBe(true);
  });

  it('brings a loud tone to the threshold without clicks or flat tops, and lets go of it smoothly', () => {
    const limiter = new Limiter();
    const loud = tone(50, 60_000).map((sum) => limited(limiter, sum));
    const settled = loud.slice(1).flatMap((frame) => [...frame]);
    expect(Math.max(...settled)).toBeLessThanOrEqual(26_100);
    expect(Math.max(...settled)).toBeGreaterThan(25_000);
    const slopeAt = (amplitude: number) => (2 * Math.PI * 400 * amplitude) / 24_000;
    expect(largestStep(Int16Array.from(loud.flatMap((frame) => [...frame])))).toBeLessThan(slopeAt(60_000));
    expect(largestStep(Int16Array.from(settled))).toBeLessThan(slopeAt(26_000) * 1.05);

    const soft = tone(60, 10_000);
    const after = soft.map((sum) => limited(limiter, sum));
    expect(after.at(-1)).toEqual(Int16Array.from(soft.at(-1) ?? []));
    expect(largestStep(Int16Array.from(after.flatMap((frame) => [...frame])))).toBeLessThan(1_100);
    expect(limiter.gain).toBe(1);
  });

  it('keeps the order of samples where it bends', () => {
    const ramp = Int32Array.from({ length: 480 }, (_, i) => i * 300);
    const out = limited(new Limiter(), ramp);
    expect(out.at(-1)).toBeGreaterThan(20_000);
    expect(out.every((sample) => sample >= 0)).toBe(true);
  });
});

describe('Mixer', () => {
  it('is silent with nobody, and passes one voice through bit by bit', () => {
    const mixer = new Mixer();
    const voice = speech({ seed: 1, ms: 20 });
    expect(mixer.mix([])).toEqual(constant(0));
    expect(mixer.mix([voice])).toEqual(voice);
  });

  it('mixes sixteen shouting people', () => {
    const mixer = new Mixer();
    for (let frame = 0; frame < 50; frame++) {
      const out = mixer.mix(Array.from({ length: 16 }, (_, person) => noise(frame * 16 + person, 32_767)));
      expect(out).toHaveLength(480);
    }
  });

  it('gives each listener the others', () => {
    const [all, others] = [new Mixer(), new Mixer()];
    const [anna, ben] = [noise(1, 9_000), noise(2, 9_000)];
    all.mix([anna, ben]);
    expect(others.mixMinus(all.sum, anna)).toEqual(ben);
    expect(others.mixMinus(all.sum, ben)).toEqual(anna);
    expect(others.mixMinus(all.sum, undefined)).toEqual(all.mix([anna, ben]));
  });
});
