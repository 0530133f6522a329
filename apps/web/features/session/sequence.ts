import type { SessionEvent } from '@parley/contract';

/** Events applied so far, and those that came too early because one before them is missing. */
export interface Sequence {
  last: number;
  early: ReadonlyMap<number, SessionEvent>;
}

export const startSequence: Sequence = { last: 0, early: new Map() };

/** More than this waiting means that asking for the whole stretch is cheaper than keeping it. */
const MAX_EARLY = 500;

export interface Accepted {
  sequence: Sequence;
  /** Next in order, each exactly once. */
  ready: SessionEvent[];
  /** Something is missing in between: ask `events:list` after `sequence.last`. */
  gap: boolean;
}

/** Puts events of any order, repeated or not, back into the gapless order that they were born with. */
export function accept(sequence: Sequence, events: readonly SessionEvent[]): Accepted {
  const early = new Map(sequence.early);
  for (const event of events) if (event.seq > sequence.last) early.set(event.seq, event);
  const ready: SessionEvent[] = [];
  let last = sequence.last;
  for (let next = early.get(last + 1); next !== undefined; next = early.get(last + 1)) {
    early.delete(next.seq);
    ready.push(next);
    last = next.seq;
  }
  if (early.size > MAX_EARLY) return { sequence: { last, early: new Map() }, ready, gap: true };
  return { sequence: { last, early }, ready, gap: early.size > 0 };
}

/** Gives up on what is missing: order goes on with the earliest event that is there. */
export function skipGap(sequence: Sequence): Sequence {
  const first = Math.min(...sequence.early.keys());
  return Number.isFinite(first) ? { ...sequence, last: first - 1 } : sequence;
}
