/**
 * Plays `samples` `rate` times as fast by linear interpolation: length divided by `rate`, pitch multiplied.
 * Good enough for recorded speech between half and twice its speed.
 */
export function resample(samples: Int16Array, rate: number): Int16Array {
  if (rate === 1) return samples;
  const out = new Int16Array(Math.floor(samples.length / rate));
  for (let i = 0; i < out.length; i += 1) {
    const at = i * rate;
    const left = Math.floor(at);
    const a = samples[left] ?? 0;
    const b = samples[left + 1] ?? a;
    out[i] = Math.round(a + (b - a) * (at - left));
  }
  return out;
}
