/** How alike two signals are, -1…1, at the lag (0…maxLag samples of `b` behind `a`) where they are most alike. */
export function bestMatch(
  a: Int16Array,
  b: Int16Array,
  maxLag: number,
): { correlation: number; lag: number } {
  let best = { correlation: -Infinity, lag: 0 };
  for (let lag = 0; lag <= maxLag; lag++) {
    let both = 0;
    let ofA = 0;
    let ofB = 0;
    for (let i = 0; i + lag < b.length && i < a.length; i++) {
      const x = a[i] ?? 0;
      const y = b[i + lag] ?? 0;
      both += x * y;
      ofA += x * x;
      ofB += y * y;
    }
    const correlation = both / Math.sqrt(ofA * ofB || 1);
    if (correlation > best.correlation) best = { correlation, lag };
  }
  return best;
}

/** The largest difference of neighbouring samples: how hard the hardest click is. */
export function largestStep(pcm: Int16Array): number {
  let largest = 0;
  for (let i = 1; i < pcm.length; i++)
    largest = Math.max(largest, Math.abs((pcm[i] ?? 0) - (pcm[i - 1] ?? 0)));
  return largest;
}
