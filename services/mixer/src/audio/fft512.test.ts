import { expect, test } from 'vitest';
import { fft512 } from './fft512.ts';

const SIZE = 512;

/** By definition, slowly. */
function transform(re: Float64Array, im: Float64Array): { re: number[]; im: number[] } {
  const out = { re: [] as number[], im: [] as number[] };
  for (let bin = 0; bin < SIZE; bin++) {
    let [sumRe, sumIm] = [0, 0];
    for (let n = 0; n < SIZE; n++) {
      const angle = (-2 * Math.PI * ((bin * n) % SIZE)) / SIZE;
      sumRe += (re[n] ?? 0) * Math.cos(angle) - (im[n] ?? 0) * Math.sin(angle);
      sumIm += (re[n] ?? 0) * Math.sin(angle) + (im[n] ?? 0) * Math.cos(angle);
    }
    out.re.push(sumRe);
    out.im.push(sumIm);
  }
  return out;
}

test('is the discrete Fourier transform', () => {
  const re = Float64Array.from({ length: SIZE }, (_, n) => Math.sin(n * n) + n / SIZE);
  const im = Float64Array.from({ length: SIZE }, (_, n) => Math.cos(3 * n) * (n % 7));
  const wanted = transform(re, im);
  fft512(re, im);
  for (let bin = 0; bin < SIZE; bin++) {
    expect(re[bin]).toBeCloseTo(wanted.re[bin] ?? NaN, 8);
    expect(im[bin]).toBeCloseTo(wanted.im[bin] ?? NaN, 8);
  }
});
