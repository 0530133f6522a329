const SIZE = 512;
const COS = Float64Array.from({ length: SIZE / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / SIZE));
const SIN = Float64Array.from({ length: SIZE / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / SIZE));
const REVERSED = Uint16Array.from({ length: SIZE }, (_, i) => {
  let reversed = 0;
  for (let bit = 1; bit < SIZE; bit <<= 1) reversed = (reversed << 1) | (i & bit ? 1 : 0);
  return reversed;
});

/** In-place transform of 512 complex values (radix 2, not scaled). */
export function fft512(re: Float64Array, im: Float64Array): void {
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
  for (let span = 2; span <= SIZE; span <<= 1) {
    const half = span >> 1;
    const stride = SIZE / span;
    for (let start = 0; start < SIZE; start += span) {
      for (let k = 0; k < half; k++) {
        const a = start + k;
        const b = a + half;
        const c = COS[k * stride] ?? 0;
        const s = SIN[k * stride] ?? 0;
        const br = re[b] ?? 0;
        const bi = im[b] ?? 0;
        const tr = br * c - bi * s;
        const ti = br * s + bi * c;
        const ar = re[a] ?? 0;
        const ai = im[a] ?? 0;
        re[a] = ar + tr;
        im[a] = ai + ti;
        re[b] = ar - tr;
        im[b] = ai - ti;
      }
    }
  }
}
