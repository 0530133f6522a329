/** Longer than any hitch of a busy machine, shorter than anything a person would not notice. */
export const INTERRUPTION_MS = 200;

export interface Silence {
  /** Longest time without a packet since the fault (ms). */
  holeMs: number;
  /** All interruptions together (ms). */
  silentMs: number;
  /** From the fault until packets flowed for good again (ms); 0 when they were not interrupted. */
  backAfterMs: number;
}

/** What a fault at `sinceMs` did to a stream of voice without pauses (20 ms packets) until `untilMs`. */
export function silenceIn(
  frames: readonly { arrivedMs: number }[],
  sinceMs: number,
  untilMs: number,
): Silence {
  const arrivals = frames.map(({ arrivedMs }) => arrivedMs).sort((a, b) => a - b);
  const before = arrivals.filter((at) => at <= sinceMs).at(-1) ?? sinceMs;
  const after = [...arrivals.filter((at) => at > sinceMs && at < untilMs), untilMs];
  const silence: Silence = { holeMs: 0, silentMs: 0, backAfterMs: 0 };
  let last = before;
  for (const at of after) {
    silence.holeMs = Math.max(silence.holeMs, at - last);
    if (at - last >= INTERRUPTION_MS) {
      silence.silentMs += at - last;
      silence.backAfterMs = at - sinceMs;
    }
    last = at;
  }
  return silence;
}
