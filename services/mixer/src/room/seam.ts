import type { EventData } from '@parley/contract';

export type SeamReason = EventData<'assistant:rolled-over'>['reason'];

/** Where a conversation stands, for the choice of the moment in which one link takes over from another. */
export interface Moment {
  /** Since somebody was last heard. */
  quietMs: number;
  /** Somebody speaks, or what was said is not written down yet. */
  turnOpen: boolean;
  /** A response was asked for and is not finished. */
  answering: boolean;
  /** Something is being heard, or waits to be. */
  playing: boolean;
}

/** How often one looks for the moment, and whether the old link has told everything. */
export const LOOK_MS = 40;

/** No word is cut by a seam in such a pause. */
export const SILENCE_MS = 300;
/** The pause between two words, for want of a better one. */
const GAP_MS = 100;

/** A provider that tells no limit has this one. */
const USUAL_LIFE_MS = 3_600_000;
const MAX_LEAD_MS = 300_000;
/** Half of it stays free for what the old link still owes, on a busy machine too. */
const MIN_LEAD_MS = 5_000;
const MAX_GUARD_MS = 10_000;

export interface SeamPlan {
  /** When to warm the next link, ms after the link was made. */
  dueMs: number;
  /** When to take over at the latest. */
  deadlineMs: number;
}

/**
 * Five minutes of an hour are for finding a good moment, and of a shorter life less; the last ten seconds are kept free,
 * for the reply that is on its way then.
 */
export function planSeam(lifeMs: number | undefined, afterMs: number): SeamPlan {
  const life = lifeMs ?? USUAL_LIFE_MS;
  const leadMs = Math.min(MAX_LEAD_MS, Math.max(life / 12, Math.min(MIN_LEAD_MS, life / 2)));
  const dueMs = Math.max(0, Math.min(afterMs, life - leadMs));
  const guardMs = Math.min(MAX_GUARD_MS, leadMs / 2);
  return { dueMs, deadlineMs: Math.max(dueMs, life - guardMs) };
}

/**
 * A good moment is silence all round. In the last quarter of the time (`pressMs`) a pause of the people will do: a reply
 * goes on being heard from the old link. In the last eighth, a gap between words; at the end, any moment.
 */
export function isSeam(moment: Moment, leftMs: number, pressMs: number): boolean {
  const silent = moment.quietMs >= SILENCE_MS;
  if (silent && !moment.turnOpen && !moment.answering && !moment.playing) return true;
  if (leftMs <= 0) return true;
  if (leftMs > pressMs) return false;
  return silent || (leftMs <= pressMs / 2 && moment.quietMs >= GAP_MS);
}
