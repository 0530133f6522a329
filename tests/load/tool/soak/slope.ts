export interface Slope {
  /** Of the fitted line, for each hour. */
  perHour: number;
  /** Standard error of it; the line lies within twice as much with 95 %, as long as the samples are independent. */
  error: number;
}

const HOUR_MS = 3_600_000;

/** Least squares. Undefined of fewer than three samples: two lie on any line. */
export function slopeOf(samples: readonly { atMs: number; value: number }[]): Slope | undefined {
  const count = samples.length;
  if (count < 3) return undefined;
  const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / count;
  const mean = samples.reduce((sum, { value }) => sum + value, 0) / count;
  let [spread, together] = [0, 0];
  for (const { atMs, value } of samples) {
    spread += (atMs - meanAt) ** 2;
    together += (atMs - meanAt) * (value - mean);
  }
  if (spread === 0) return undefined;
  const slope = together / spread;
  const rest = samples.reduce(
    (sum, { atMs, value }) => sum + (value - mean - slope * (atMs - meanAt)) ** 2,
    0,
  );
  return { perHour: slope * HOUR_MS, error: Math.sqrt(rest / (count - 2) / spread) * HOUR_MS };
}

/** Grows beyond chance: by more than three standard errors, and by more than `worthPerHour`. */
export const grows = (slope: Slope, worthPerHour: number): boolean =>
  slope.perHour > worthPerHour && slope.perHour > 3 * slope.error;
