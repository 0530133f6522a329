import { findIn, type Match } from '../../support/audio/correlate.ts';
import { median } from '../../support/audio/follow.ts';
import { findGaps, rmsDbov } from '../../support/audio/level.ts';
import { RATE } from '../../support/audio/voices.ts';

/** How a reply that was interrupted came through. */
export interface Wholeness {
  /** Pauses in what was heard that the reply itself has not. */
  pauses: number;
  /** Sound of the reply that was not heard, and that was heard twice, ms. */
  skippedMs: number;
  doubledMs: number;
  /** Seams at which a neighbour was not found in the reply, so that nothing can be said. */
  unplaced: number;
  /** How alike it is to the reply where its parts begin and end, 0…1: the median. */
  score: number;
}

/** Quieter than -60 dBov. */
const SILENT_PEAK = 33;
const LEAST_PAUSE_MS = 200;
/** What is shorter is a click or a breath. */
const LEAST_PART_MS = 60;
const PIECE_MS = 500;
/** Speech that is not there stays below 0.3; what a jitter buffer has stretched is above this. */
const FOUND = 0.45;
/** How far a reply may go on from where it stopped, either way, to be found there. */
const AROUND_MS = 2_000;
const STRETCHED_MS = 250;
const WINDOW = (RATE * 10) / 1000;
const SOUND_DBOV = -45;

const inSamples = (ms: number) => Math.round((ms * RATE) / 1000);

/** Lays what was heard of a reply, part by part between its pauses, beside the reply itself. */
export function scoreWhole(heard: Int16Array, said: Int16Array): Wholeness {
  // A codec rings on after the last sample.
  const reply = new Int16Array(said.length + inSamples(LEAST_PAUSE_MS));
  reply.set(said);
  const whole = { pauses: 0, skippedMs: 0, doubledMs: 0, unplaced: 0, score: 0 };
  const scores: number[] = [];
  let reached: number | undefined;
  let expected = 0;
  for (const [i, { from, to }] of partsOf(heard).entries()) {
    const length = Math.min(inSamples(PIECE_MS), to - from);
    const first = findNear(heard.subarray(from, from + length), reply, expected, AROUND_MS);
    // A jitter buffer stretches and shrinks what it plays, never by much.
    const last = findNear(
      heard.subarray(to - length, to),
      reply,
      first.at + to - from - length,
      STRETCHED_MS,
    );
    // Nothing was interrupted before the first part; browsers stretch how it begins.
    if (i > 0 && (reached === undefined || first.score < FOUND)) whole.unplaced += 1;
    else if (reached !== undefined) {
      whole.skippedMs += soundMs(reply, reached, first.at);
      whole.doubledMs += soundMs(reply, first.at, reached);
      // A pause of the reply's own is as long there as here.
      if (first.at - reached < inSamples(LEAST_PAUSE_MS) / 2) whole.pauses += 1;
    }
    scores.push(first.score, last.score);
    expected = last.at + length;
    reached = last.score < FOUND ? undefined : expected;
  }
  whole.skippedMs += soundMs(reply, expected, reply.length);
  whole.score = median(scores);
  return whole;
}

/** The place in `reply` at most `aroundMs` from `expected` that is most like the piece. */
function findNear(piece: Int16Array, reply: Int16Array, expected: number, aroundMs: number): Match {
  const begin = Math.max(0, Math.min(reply.length - piece.length, expected - inSamples(aroundMs)));
  const end = Math.max(begin, expected + inSamples(aroundMs)) + piece.length;
  const { score, at } = findIn(piece, reply.subarray(begin, end));
  return { score, at: begin + at };
}

function partsOf(heard: Int16Array): { from: number; to: number }[] {
  const gaps = findGaps(heard, RATE, LEAST_PAUSE_MS, SILENT_PEAK);
  const ends = [0, ...gaps.flatMap(({ fromMs, toMs }) => [inSamples(fromMs), inSamples(toMs)]), heard.length];
  const parts: { from: number; to: number }[] = [];
  for (let i = 0; i + 1 < ends.length; i += 2) parts.push({ from: ends[i] ?? 0, to: ends[i + 1] ?? 0 });
  return parts.filter(({ from, to }) => to - from > inSamples(LEAST_PART_MS));
}

/** How much of this stretch is not the reply's own silence. */
function soundMs(reply: Int16Array, from: number, to: number): number {
  let total = 0;
  for (let at = from; at + WINDOW <= to; at += WINDOW)
    if (rmsDbov(reply.subarray(at, at + WINDOW)) > SOUND_DBOV) total += 10;
  return total;
}
