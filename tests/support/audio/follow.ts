import { findIn } from './correlate.ts';

export interface Track {
  /** One entry per piece that was looked for. */
  pieces: { fromMs: number; score: number; lagMs: number }[];
  /** Median score of all pieces, 0…1. */
  score: number;
  /**
   * How fast the lag of the well matched pieces changes between its jumps, in ms per minute: the difference of the two
   * clocks. A jump is a jitter buffer that moved, once, and says nothing about clocks.
   */
  driftMsPerMinute: number;
  /** How far the lag is from where it was, jumps included: the last five pieces against the first five, in ms. */
  shiftMs: number;
  /** Largest distance of a well matched piece's lag from the straight line through all of them. */
  jitterMs: number;
}

/** Two neighbours whose lags differ by more than this have a jump between them: clocks differ by less in a second. */
const JUMP_MS = 5;

/** Pieces below this score say nothing about time. Unrelated speech stays below 0.2 (see measure.test.ts). */
export const RELATED = 0.35;

export interface FollowOptions {
  pieceMs?: number;
  stepMs?: number;
  aroundMs?: number;
  /** Where the source begins in the recording, if that is known: 0 for what `inStepWith` gave. */
  lagMs?: number;
}

/**
 * Cuts `source` into pieces and looks for each in `recording` (same rate, mono): the first anywhere (or at `lagMs`), each later one
 * around the place where the last good piece leads to expect it, so that a looped source is followed through its
 * repeats. Each piece that is missed doubles the distance for the next: after a leap the track is found again.
 */
export function follow(
  source: Int16Array,
  recording: Int16Array,
  sampleRate: number,
  { pieceMs = 1_000, stepMs = 1_000, aroundMs = 200, lagMs }: FollowOptions = {},
): Track {
  const samples = (ms: number) => Math.round((ms * sampleRate) / 1000);
  const ms = (count: number) => (count * 1000) / sampleRate;
  const pieces: Track['pieces'] = [];
  let expected = lagMs === undefined ? undefined : samples(lagMs);
  let around = samples(aroundMs);
  for (let from = 0; from + samples(pieceMs) <= source.length; from += samples(stepMs)) {
    const piece = source.subarray(from, from + samples(pieceMs));
    const begin = expected === undefined ? 0 : Math.max(0, from + expected - around);
    const end = expected === undefined ? recording.length : from + expected + piece.length + around;
    if (begin + piece.length > recording.length) break;
    const match = findIn(piece, recording.subarray(begin, end));
    const lag = match.at + begin - from;
    const found = match.score >= RELATED;
    if (found) expected = lag;
    around = found ? samples(aroundMs) : Math.min(around * 2, samples(3_000));
    pieces.push({ fromMs: ms(from), score: match.score, lagMs: ms(lag) });
  }
  const good = pieces.filter((piece) => piece.score >= RELATED);
  const line = fitLine(good.map((piece) => [piece.fromMs, piece.lagMs]));
  const jitters = good.map((piece) => Math.abs(piece.lagMs - line.at(piece.fromMs)));
  const lags = good.map((piece) => piece.lagMs);
  return {
    pieces,
    score: median(pieces.map((piece) => piece.score)),
    driftMsPerMinute: line.slope * 60_000,
    shiftMs: median(lags.slice(-5)) - median(lags.slice(0, 5)),
    jitterMs: Math.max(0, ...jitters),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * Theil-Sen: the median of all slopes between points with no jump between them, so that one piece matched a pitch period
 * beside its place does not tilt it. With fewer than two such points the line is flat.
 */
function fitLine(points: readonly (readonly [number, number])[]): { slope: number; at(x: number): number } {
  const slopes: number[] = [];
  for (const [from, [x, y]] of points.entries()) {
    let before = y;
    for (const [x2, y2] of points.slice(from + 1)) {
      if (Math.abs(y2 - before) > JUMP_MS) break;
      slopes.push((y2 - y) / (x2 - x));
      before = y2;
    }
  }
  const slope = median(slopes);
  const base = median(points.map(([x, y]) => y - slope * x));
  return { slope, at: (x) => base + slope * x };
}
