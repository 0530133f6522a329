import { findIn } from '../../support/audio/correlate.ts';
import { rmsDbov } from '../../support/audio/level.ts';
import { median } from '../../support/audio/follow.ts';
import { RATE } from '../../support/audio/voices.ts';
import type { Recorded } from './Recorded.ts';

/** Of a reply that somebody spoke into: when its end and its lowering were heard, and what of it. */
export interface Cut {
  /** When it became 6 dB quieter than it was, on its way to 12; undefined when it did not before its end. */
  loweredMs: number | undefined;
  /** When its last sound was heard. */
  silentMs: number;
  /** The part of the reply after which nothing was heard, ms from its beginning. */
  heardMs: number;
  /** Where the reply itself has its next sound: a cut between the two sounds alike. */
  nextSoundMs: number;
}

/** reply: its sound is not found · never: it went on for as long as was looked. */
export type NoCut = 'reply' | 'never';

const WINDOW_MS = 10;
const WINDOW = (RATE * WINDOW_MS) / 1000;
/** Quieter is silence: the reply's own faint sounds, lowered by 12 dB, are louder. */
const SILENT_DBOV = -60;
/** Where the reply is quieter than this its gain cannot be told. */
const SOUND_DBOV = -45;
const LOWERED_DB = 6;
/** Windows in a row that must be quieter: one may lie over the edge of a sound. */
const LOWERED_WINDOWS = 3;
/** Speech that is not there stays below 0.3. */
const FOUND = 0.6;
const ALIKE_MS = 1_000;
const TAIL_MS = 250;
const STRETCHED_MS = 150;

const ms = (samples: number) => (samples * 1000) / RATE;
const inSamples = (time: number) => Math.round((time * RATE) / 1000);

/**
 * Finds in a recording where a known reply ends, within `withinMs` after `onsetMs`. The reply is placed by the second of
 * it that was heard before the onset, and placed again by what was heard last: a jitter buffer stretches and shrinks it.
 */
export function scoreCut(
  { samples, timeOf, indexAt }: Recorded,
  reply: Int16Array,
  onsetMs: number,
  withinMs = 1_500,
): Cut | NoCut {
  const onset = indexAt(onsetMs);
  const piece = samples.subarray(Math.max(0, onset - inSamples(ALIKE_MS)), onset);
  if (piece.length < inSamples(ALIKE_MS / 2)) return 'reply';
  const match = findIn(piece, reply);
  if (match.score < FOUND) return 'reply';
  const lag = onset - piece.length - match.at;

  const end = onset + inSamples(withinMs);
  const level = (at: number) => rmsDbov(samples.subarray(at, at + WINDOW));
  const own = (at: number) => rmsDbov(reply.subarray(Math.max(0, at), Math.max(0, at + WINDOW)));
  let silent = onset;
  for (let at = onset; at < end; at += WINDOW) if (level(at) > SILENT_DBOV) silent = at + WINDOW;
  if (silent >= end - inSamples(TAIL_MS)) return 'never';

  const tail = samples.subarray(silent - inSamples(TAIL_MS), silent);
  const from = Math.max(0, silent - lag - tail.length - inSamples(STRETCHED_MS));
  const near = findIn(tail, reply.subarray(from, from + tail.length + 2 * inSamples(STRETCHED_MS)));
  const heard = near.score >= FOUND ? from + near.at + tail.length : silent - lag;
  let next = heard;
  while (next < reply.length && own(next) <= SOUND_DBOV) next += WINDOW;
  const lowered = findLowered({ level, own }, { onset, silent, lag });
  return {
    loweredMs: lowered === undefined ? undefined : timeOf(lowered),
    silentMs: timeOf(silent),
    heardMs: ms(heard),
    nextSoundMs: ms(next),
  };
}

interface Levels {
  /** Of 10 ms of the recording, and of the reply, dBov. */
  level: (at: number) => number;
  own: (at: number) => number;
}

function findLowered(
  { level, own }: Levels,
  { onset, silent, lag }: { onset: number; silent: number; lag: number },
): number | undefined {
  const gains = (from: number, to: number) => {
    const found: { at: number; db: number }[] = [];
    for (let at = from; at < to; at += WINDOW)
      if (own(at - lag) > SOUND_DBOV) found.push({ at, db: level(at) - own(at - lag) });
    return found;
  };
  const usual = median(gains(onset - inSamples(ALIKE_MS), onset).map(({ db }) => db));
  const after = gains(onset, silent - WINDOW);
  const low = after.map(({ db }) => db < usual - LOWERED_DB);
  const first = low.findIndex((_, i) => {
    const row = low.slice(i, i + LOWERED_WINDOWS);
    return row.length === LOWERED_WINDOWS && row.every(Boolean);
  });
  return after[first]?.at;
}
