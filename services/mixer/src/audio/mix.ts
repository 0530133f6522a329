/** Sets `out` to the sum of the frames (nothing is limited: 32 bits hold 65,536 voices). */
export function mixInto(out: Int32Array, frames: readonly Int16Array[]): void {
  const size = out.length;
  const [first] = frames;
  if (!first) out.fill(0);
  else for (let i = 0; i < size; i++) out[i] = first[i] ?? 0;
  for (let place = 1; place < frames.length; place++) {
    const frame = frames[place];
    if (frame) for (let i = 0; i < size; i++) out[i] = (out[i] ?? 0) + (frame[i] ?? 0);
  }
}

/** Sets `out` to `sum` without `own`: what somebody hears who must not hear himself. */
export function mixMinus(out: Int32Array, sum: Int32Array, own: Int16Array): void {
  const size = out.length;
  for (let i = 0; i < size; i++) out[i] = (sum[i] ?? 0) - (own[i] ?? 0);
}
