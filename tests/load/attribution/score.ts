import type { TurnKind } from './script.ts';

/** Part of a turn that is each speaker's, 0…1, by the speaker's number. */
export type Shares = ReadonlyMap<number, number>;

/** Times are ms, of true and told turns on the same clock. */
interface Attributed {
  startMs: number;
  endMs: number;
  shares: Shares;
  /** Part of the spoken time in which two or more spoke, 0…1. */
  overlap: number;
}

export interface TrueTurn extends Attributed {
  kind: TurnKind;
  /** The same without loudness: time in which n people speak is an n-th part of it each one's. */
  timeShares: Shares;
}

/** What the product told: most first. */
export type ToldTurn = Attributed;

/** How one turn was told, errors in percentage points. `fault`: why it is wrong; then there may be no errors at all. */
export interface TurnScore {
  turn: TrueTurn;
  fault: string | undefined;
  errors: { share: number; timeShare: number; overlap: number } | undefined;
}

export interface Score {
  turns: TurnScore[];
  /** Turns told that nobody spoke. */
  spurious: number;
}

/** Whoever has as much of a turn must be named. */
const NAMED = 0.15;
/** Of two with nearly the same part either may be the first. */
const NEARLY = 0.1;

/**
 * Scores what was told against the truth. Each true turn is told by at most one turn, the one that has most time in
 * common with it; so a turn torn in two is right at most once and once too many, and of two merged ones one is missing.
 * A turn is wrong when it is missing, when there was none, or when its speakers are not right (`faultOf`).
 *
 * The error of the shares is the part of the turn that is given to the wrong person: half the sum of all differences.
 */
export function score(truth: readonly TrueTurn[], told: readonly ToldTurn[]): Score {
  const pairs = matched(truth, told);
  const turns = truth.map((turn) => {
    const found = pairs.get(turn);
    if (!found) return { turn, fault: 'missing', errors: undefined };
    const errors = {
      share: 100 * distance(turn.shares, found.shares),
      timeShare: 100 * distance(turn.timeShares, found.shares),
      overlap: 100 * Math.abs(turn.overlap - found.overlap),
    };
    return { turn, fault: faultOf(turn.shares, found.shares), errors };
  });
  return { turns, spurious: told.length - pairs.size };
}

/**
 * Why the speakers told are wrong: somebody who was silent all the time is named (however small a part), somebody with
 * 15 % or more is not, or the main speaker is another one (unless the two are within 10 points).
 */
export function faultOf(truth: Shares, told: Shares): string | undefined {
  for (const speaker of told.keys()) if (!truth.has(speaker)) return `${speaker} did not speak`;
  for (const [speaker, share] of truth)
    if (share >= NAMED && !told.has(speaker)) return `${speaker} with ${Math.round(share * 100)} % not named`;
  const [main] = [...told].sort(([, one], [, other]) => other - one);
  if (!main) return 'nobody named';
  const behind = Math.max(...truth.values()) - (truth.get(main[0]) ?? 0);
  return behind > NEARLY ? `${main[0]} is not the main speaker` : undefined;
}

function matched(truth: readonly TrueTurn[], told: readonly ToldTurn[]): Map<TrueTurn, ToldTurn> {
  const pairs = new Map<TrueTurn, ToldTurn>();
  const taken = new Set<ToldTurn>();
  const common = truth
    .flatMap((turn) => told.map((each) => ({ turn, each, ms: commonMs(turn, each) })))
    .filter(({ ms }) => ms > 0)
    .sort((one, other) => other.ms - one.ms);
  for (const { turn, each } of common) {
    if (pairs.has(turn) || taken.has(each)) continue;
    pairs.set(turn, each);
    taken.add(each);
  }
  return pairs;
}

const commonMs = (one: Attributed, other: Attributed): number =>
  Math.min(one.endMs, other.endMs) - Math.max(one.startMs, other.startMs);

function distance(one: Shares, other: Shares): number {
  const speakers = new Set([...one.keys(), ...other.keys()]);
  let sum = 0;
  for (const speaker of speakers) sum += Math.abs((one.get(speaker) ?? 0) - (other.get(speaker) ?? 0));
  return sum / 2;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** The value that `part` (0…1) of all do not exceed; 0 of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

/** Turns that are wrong or that were none, against true ones. */
export const turnError = ({ turns, spurious }: Score): number =>
  (turns.filter(({ fault }) => fault).length + spurious) / Math.max(1, turns.length);

/** Of every turn that was told at all. */
export const errorsOf = (
  { turns }: Pick<Score, 'turns'>,
  kind: keyof NonNullable<TurnScore['errors']>,
): number[] => turns.flatMap(({ errors }) => (errors ? [errors[kind]] : []));

/** The scores of several rooms as one. */
export const joined = (scores: readonly Score[]): Score => ({
  turns: scores.flatMap(({ turns }) => turns),
  spurious: scores.reduce((sum, { spurious }) => sum + spurious, 0),
});
