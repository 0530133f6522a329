import { until } from '../until.ts';
import { Sought } from './Sought.ts';
import { RATE, speech, type TestVoice } from './voices.ts';

/** Whoever records: an ear in a browser, or a plain peer's listener. */
export interface Recording {
  heard(): Int16Array | Promise<Int16Array>;
}

/**
 * Above this a second of speech was certainly heard: voices that are absent stay below 0.3. On a busy machine the jitter
 * buffers stretch what they play, and what is 0.9 elsewhere is 0.46.
 */
const HEARD = 0.4;

export interface HeardOptions {
  enough?: 'each' | 'any';
  withinMs?: number;
  absent?: TestVoice;
  /** Default 0.4; less where several speak at once. */
  likeness?: number;
}

/** Waits until one of a voice's seconds was heard. */
export async function untilVoice(
  voice: TestVoice,
  recording: Recording,
  options: HeardOptions = {},
): Promise<{ score: number; absent: number }> {
  const pieces = await Promise.all([1, 3, 5].map((from) => second(voice, from)));
  return untilHeard(`${voice} to be heard`, recording, pieces, { enough: 'any', ...options });
}

/**
 * Waits until these pieces were heard (each of them, or any), and gives the likeness. Beside it the best likeness of a
 * voice that is not there: what chance alone gives.
 */
export async function untilHeard(
  what: string,
  recording: Recording,
  pieces: readonly Int16Array[],
  { enough = 'each', withinMs = 90_000, absent = 'david', likeness = HEARD }: HeardOptions = {},
): Promise<{ score: number; absent: number }> {
  const sought = pieces.map((piece) => new Sought(piece));
  const chance = new Sought(await second(absent));
  return until(
    what,
    async () => {
      const heard = await recording.heard();
      const scores = sought.map((piece) => piece.look(heard).score);
      const score = enough === 'each' ? Math.min(...scores) : Math.max(...scores);
      const other = chance.look(heard).score;
      return score > likeness && { score, absent: other };
    },
    { withinMs, everyMs: 1_000 },
  );
}

/** One second out of a voice's sentences. */
export async function second(voice: TestVoice, from = 1): Promise<Int16Array> {
  return (await speech(voice)).subarray(from * RATE, (from + 1) * RATE);
}
