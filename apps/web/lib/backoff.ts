/** Milliseconds before attempt 1, 2, 3, …: doubles from half a second to at most 10 s. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(10_000, 500 * 2 ** Math.max(0, attempt - 1));
  // A fifth of spread, so that all the devices of a room do not knock at the same moment.
  return Math.round(full * (0.8 + 0.4 * random()));
}
