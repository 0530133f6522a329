import { BANDS, type BandTrack, slotAt } from './BandTrack.ts';

export interface Likeness {
  /** 1 the same voice, 0 unrelated. Loudness and the colour of the room do not matter. */
  score: number;
  /** How many slots `later` is behind. */
  lag: number;
}

/**
 * How alike the last `window` slots of `later` are to those of `earlier` that lie `lag` slots back: the correlation of
 * the two over time, band by band, weighted by how much happens in the band. Unrelated voices of 400 ms stay below 0.75
 * in 99 of 100 windows at the best of 61 lags, those of 600 ms below 0.65; an echo is above 0.9.
 */
export function likeness(earlier: BandTrack, later: BandTrack, window: number, lag: number): number {
  const end = later.slots;
  const x = earlier.shape;
  const y = later.shape;
  let weight = 0;
  let sum = 0;
  for (let band = 0; band < BANDS; band++) {
    let sx = 0;
    let sy = 0;
    let sxx = 0;
    let syy = 0;
    let sxy = 0;
    for (let slot = end - window; slot < end; slot++) {
      const a = x[slotAt(slot - lag) + band] ?? 0;
      const b = y[slotAt(slot) + band] ?? 0;
      sx += a;
      sy += b;
      sxx += a * a;
      syy += b * b;
      sxy += a * b;
    }
    const varX = sxx - (sx * sx) / window;
    const varY = syy - (sy * sy) / window;
    weight += varY;
    if (varX > 1e-9 && varY > 1e-9) sum += (sxy - (sx * sy) / window) * Math.sqrt(varY / varX);
  }
  return weight > 1e-9 ? sum / weight : 0;
}

/** The best of the lags from `from` to `to`, every second one first. */
export function bestLikeness(
  earlier: BandTrack,
  later: BandTrack,
  window: number,
  { from, to }: { from: number; to: number },
): Likeness {
  let best: Likeness = { score: -1, lag: from };
  const look = (lag: number) => {
    if (lag < from || lag > to) return;
    const score = likeness(earlier, later, window, lag);
    if (score > best.score) best = { score, lag };
  };
  for (let lag = from; lag <= to; lag += 2) look(lag);
  const coarse = best.lag;
  look(coarse - 1);
  look(coarse + 1);
  return best;
}
