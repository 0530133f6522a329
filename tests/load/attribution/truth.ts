import { SAMPLE_RATE } from '@parley/contract';
import type { TrueTurn } from './score.ts';
import type { Script } from './script.ts';

/** A stretch of time, ms. */
export interface Span {
  fromMs: number;
  toMs: number;
}

const HOP_MS = 10;
const HOP = (SAMPLE_RATE * HOP_MS) / 1000;
/** Margin between the level of the speech and the threshold of its activity, and the hangover (ITU-T P.56 method B). */
const MARGIN_DB = 15.9;
const HANGOVER_HOPS = 200 / HOP_MS;

/**
 * Who really spoke, from the clean recordings alone: nothing of the product is asked. Speech is active as in ITU-T P.56:
 * above 15.9 dB below this speaker's own level, pauses of up to 200 ms included (but not what follows the last word).
 * `present` says when each speaker was in the room and not muted; outside of it nobody is speaking.
 */
export function trueTurns(
  script: Script,
  clean: readonly Int16Array[],
  present: readonly (readonly Span[])[],
): TrueTurn[] {
  const powers = clean.map(hopPowers);
  const active = powers.map((power, speaker) => activity(power, present[speaker] ?? []));
  return script.turns
    .map(({ kind, fromMs, toMs }) => ({
      kind,
      ...attribute(powers, active, Math.floor(fromMs / HOP_MS), Math.ceil(toMs / HOP_MS)),
    }))
    .filter(({ shares }) => shares.size > 0);
}

function attribute(
  powers: readonly Float64Array[],
  active: readonly Uint8Array[],
  from: number,
  to: number,
): Omit<TrueTurn, 'kind'> {
  const [shares, timeShares] = [new Map<number, number>(), new Map<number, number>()];
  let [total, overlapped, first, last] = [0, 0, Infinity, from];
  for (let hop = from; hop < to; hop++) {
    const speaking = active.flatMap((hops, speaker) => (hops[hop] ? [speaker] : []));
    if (speaking.length === 0) continue;
    total++;
    if (speaking.length > 1) overlapped++;
    first = Math.min(first, hop);
    last = hop + 1;
    const power = speaking.reduce((sum, speaker) => sum + (powers[speaker]?.[hop] ?? 0), 0);
    for (const speaker of speaking) {
      const part = power > 0 ? (powers[speaker]?.[hop] ?? 0) / power : 1 / speaking.length;
      shares.set(speaker, (shares.get(speaker) ?? 0) + part);
      timeShares.set(speaker, (timeShares.get(speaker) ?? 0) + 1 / speaking.length);
    }
  }
  for (const map of [shares, timeShares]) for (const [speaker, sum] of map) map.set(speaker, sum / total);
  const span = { startMs: first * HOP_MS, endMs: last * HOP_MS };
  return { ...span, shares, timeShares, overlap: total > 0 ? overlapped / total : 0 };
}

/** Mean power of 20 ms around each 10 ms. */
function hopPowers(pcm: Int16Array): Float64Array {
  return Float64Array.from({ length: Math.floor(pcm.length / HOP) }, (_, hop) => {
    const window = pcm.subarray(Math.max(0, hop * HOP - HOP / 2), (hop + 1) * HOP + HOP / 2);
    let sum = 0;
    for (const sample of window) sum += sample * sample;
    return sum / window.length;
  });
}

function activity(power: Float64Array, present: readonly Span[]): Uint8Array {
  const threshold = speechPower(power) * 10 ** (-MARGIN_DB / 10);
  const active = Uint8Array.from(power, (value) => (value >= threshold && value > 0 ? 1 : 0));
  let last = -Infinity;
  for (let hop = 0; hop < active.length; hop++) {
    if (!active[hop]) continue;
    if (hop - last - 1 <= HANGOVER_HOPS) active.fill(1, last + 1, hop);
    last = hop;
  }
  return active.map((value, hop) =>
    value && present.some(({ fromMs, toMs }) => hop * HOP_MS >= fromMs && hop * HOP_MS < toMs) ? 1 : 0,
  );
}

/** The level of the speech itself: over all that is not digital silence, which is what lies between the utterances. */
function speechPower(power: Float64Array): number {
  const sounding = power.filter((value) => value > 0);
  return sounding.reduce((sum, value) => sum + value, 0) / Math.max(1, sounding.length);
}
