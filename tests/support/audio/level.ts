/** Root mean square in dBov (0 is full scale), -127 for silence or nothing. */
export function rmsDbov(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return -127;
  return Math.max(-127, 10 * Math.log10(sum / samples.length / 32_768 ** 2));
}

export interface Gap {
  fromMs: number;
  toMs: number;
}

/** Stretches of at least `atLeastMs` in which every sample is at most `peak` (of 32,768) away from zero. */
export function findGaps(samples: Int16Array, sampleRate: number, atLeastMs: number, peak = 0): Gap[] {
  const gaps: Gap[] = [];
  const least = (atLeastMs * sampleRate) / 1000;
  let start = 0;
  for (let i = 0; i <= samples.length; i++) {
    const quiet = i < samples.length && Math.abs(samples[i] ?? 0) <= peak;
    if (quiet) continue;
    if (i - start >= least) gaps.push({ fromMs: (start / sampleRate) * 1000, toMs: (i / sampleRate) * 1000 });
    start = i + 1;
  }
  return gaps;
}
