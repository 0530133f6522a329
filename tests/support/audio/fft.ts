const twiddles = new Map<number, Float64Array>();

/** cos and sin of the first half turn of `length` steps, interleaved. */
function twiddlesOf(length: number): Float64Array {
  const ready = twiddles.get(length);
  if (ready) return ready;
  const made = new Float64Array(length);
  for (let k = 0; k < length / 2; k++) {
    made[2 * k] = Math.cos((2 * Math.PI * k) / length);
    made[2 * k + 1] = -Math.sin((2 * Math.PI * k) / length);
  }
  twiddles.set(length, made);
  return made;
}

/** In-place radix-2 transform of a complex signal (Cooley-Tukey). The length must be a power of two. Not scaled. */
export function fft(re: Float64Array, im: Float64Array): void {
  const length = re.length;
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      swap(re, i, j);
      swap(im, i, j);
    }
  }
  const turns = twiddlesOf(length);
  for (let span = 2; span <= length; span <<= 1) {
    const half = span >> 1;
    const stride = (2 * length) / span;
    for (let start = 0; start < length; start += span) {
      for (let k = 0; k < half; k++) {
        const a = start + k;
        const b = a + half;
        const c = turns[k * stride] ?? 0;
        const s = turns[k * stride + 1] ?? 0;
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

/** The way back, not scaled either: a forward and an inverse transform multiply by the length. */
export function inverseFft(re: Float64Array, im: Float64Array): void {
  fft(im, re); // swapping the parts conjugates before and after
}

function swap(values: Float64Array, i: number, j: number): void {
  const held = values[i] ?? 0;
  values[i] = values[j] ?? 0;
  values[j] = held;
}
