import type { ParticipantId } from '@parley/contract';
import { type BandTrack, SLOT_MS } from '../audio/BandTrack.ts';
import { bestLikeness } from '../audio/likeness.ts';

/** A look every 500 ms at the last second. */
const LOOK_FRAMES = 25;
const WINDOW = 1_000 / SLOT_MS;
/** Sound crosses a room in 30 ms; the rest is the difference of the two ways here. What is later came by a loudspeaker. */
const MAX_LAG = 120 / SLOT_MS;
const SAME_LAG = 3;
/** Unrelated voices of a second stay below 0.6. */
const SAME = 0.75;
const DIFFERENT = 0.4;
/** Looks that must agree, and what one pair may collect: after so many looks that disagree it is not offered any more. */
const OFFERED = 3;
const MOST = 8;
/** A microphone that hears somebody (-45 dBov). */
const AUDIBLE = 10 ** -4.5;
/** Pairs that are compared in one look. */
const MAX_PAIRS = 6;

interface Pair {
  readonly ids: readonly [ParticipantId, ParticipantId];
  lag: number;
  evidence: number;
}

/** Finds devices that stand in one physical room: their microphones hear the same voice at nearly the same time. */
export class SameRoom {
  readonly #pairs = new Map<string, Pair>();
  #frames = 0;
  #offered: ParticipantId[][] = [];

  /** Devices that hear each other, two or more together. */
  get offered(): readonly ParticipantId[][] {
    return this.#offered;
  }

  /** One frame; the tracks have the same clock. True when `offered` changed. */
  update(tracks: ReadonlyMap<ParticipantId, BandTrack>): boolean {
    if (++this.#frames % LOOK_FRAMES !== 0) return false;
    const audible = [...tracks]
      .map(([id, track]) => ({ id, track, power: track.meanPower(0, WINDOW) }))
      .filter(({ power }) => power > AUDIBLE)
      .sort((a, b) => b.power - a.power);
    // Whoever is nearest to the voice hears it loudest; the others are compared with that one.
    const [first, ...others] = audible;
    if (!first) return false;
    for (const other of others.slice(0, MAX_PAIRS)) this.#compare(first, other);
    return this.#refresh();
  }

  /** True when `offered` changed. */
  left(id: ParticipantId): boolean {
    for (const [key, { ids }] of this.#pairs) if (ids.includes(id)) this.#pairs.delete(key);
    return this.#refresh();
  }

  #compare(
    one: { id: ParticipantId; track: BandTrack },
    other: { id: ParticipantId; track: BandTrack },
  ): void {
    const [a, b] = one.id < other.id ? [one, other] : [other, one];
    const ahead = bestLikeness(a.track, b.track, WINDOW, { from: 0, to: MAX_LAG });
    const behind = bestLikeness(b.track, a.track, WINDOW, { from: 0, to: MAX_LAG });
    const { score, lag } = ahead.score >= behind.score ? ahead : { score: behind.score, lag: -behind.lag };
    const key = `${a.id} ${b.id}`;
    const pair = this.#pairs.get(key) ?? { ids: [a.id, b.id] as const, lag, evidence: 0 };
    if (score >= SAME && Math.abs(lag - pair.lag) <= SAME_LAG)
      pair.evidence = Math.min(MOST, pair.evidence + 1);
    else if (score >= SAME) Object.assign(pair, { lag, evidence: 1 });
    else if (score < DIFFERENT) pair.evidence -= 1;
    if (pair.evidence > 0) this.#pairs.set(key, pair);
    else this.#pairs.delete(key);
  }

  #refresh(): boolean {
    const before = JSON.stringify(this.#offered);
    // A pair that was offered stays so until nothing speaks for it any more.
    const known = new Set(this.#offered.flatMap((ids) => pairsOf(ids)));
    const pairs = [...this.#pairs].filter(([key, { evidence }]) => evidence >= OFFERED || known.has(key));
    this.#offered = together(pairs.map(([, { ids }]) => ids));
    return JSON.stringify(this.#offered) !== before;
  }
}

const pairsOf = (ids: readonly ParticipantId[]) =>
  ids.flatMap((a) => ids.filter((b) => a < b).map((b) => `${a} ${b}`));

/** Who is connected with whom, in order. */
function together(pairs: readonly (readonly [ParticipantId, ParticipantId])[]): ParticipantId[][] {
  const groups: Set<ParticipantId>[] = [];
  for (const pair of pairs) {
    const merged = new Set<ParticipantId>(pair);
    for (let i = groups.length - 1; i >= 0; i--) {
      const group = groups[i];
      if (!group || !pair.some((id) => group.has(id))) continue;
      for (const id of group) merged.add(id);
      groups.splice(i, 1);
    }
    groups.push(merged);
  }
  return groups.map((group) => [...group].sort()).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}
