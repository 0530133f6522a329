/** Lags that are looked at first: speech stays alike for a few samples, the best one is then looked for nearby. */
const COARSE = 3;

/** How alike two signals are, -1…1, at the lag (0…maxLag samples of `b` behind `a`) where they are most alike. */
export function bestMatch(
  a: Int16Array,
  b: Int16Array,
  maxLag: number,
): { correlation: number; lag: number } {
  let near = { correlation: -Infinity, lag: 0 };
  for (let lag = 0; lag <= maxLag; lag += COARSE) {
    const correlation = alikeAt(a, b, lag, 2);
    if (correlation > near.correlation) near = { correlation, lag };
  }
  let best = { correlation: -Infinity, lag: 0 };
  for (let lag = Math.max(0, near.lag - COARSE); lag <= Math.min(maxLag, near.lag + COARSE); lag++) {
    const correlation = alikeAt(a, b, lag, 1);
    if (correlation > best.correlation) best = { correlation, lag };
  }
  return best;
}

/** Looks at every `stride`-th sample. */
function alikeAt(a: Int16Array, b: Int16Array, lag: number, stride: number): number {
  let both = 0;
  let ofA = 0;
  let ofB = 0;
  const size = Math.min(a.length, b.length - lag);
  for (let i = 0; i < size; i += stride) {
    const x = a[i] ?? 0;
    const y = b[i + lag] ?? 0;
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return both / Math.sqrt(ofA * ofB || 1);
}

/** The largest difference of neighbouring samples: how hard the hardest click is. */
export function largestStep(pcm: Int16Array): number {
  let largest = 0;
  for (let i = 1; i < pcm.length; i++)
    largest = Math.max(largest, Math.abs((pcm[i] ?? 0) - (pcm[i - 1] ?? 0)));
  return largest;
}

/** The hardest edge between a silent frame and its neighbours: what jumps there is a click, however loud the speech. */
export function hardestEdge(heard: Int16Array, silent: boolean[]): number {
  let hardest = 0;
  for (let frame = 1; frame < silent.length; frame++) {
    if (silent[frame] === silent[frame - 1]) continue;
    const sample = heard[frame * 480 - (silent[frame] ? 1 : 0)] ?? 0;
    hardest = Math.max(hardest, Math.abs(sample));
  }
  return hardest;
}

/** A part of 24 kHz audio, as a view. */
export const seconds = (pcm: Int16Array, from: number, to: number): Int16Array =>
  pcm.subarray(from * 24_000, to * 24_000);
