import { expect, test } from 'vitest';
import type { Script, TurnKind } from './script.ts';
import { makeScript, SPEAKERS } from './script.ts';
import { trueTurns } from './truth.ts';

const ALWAYS = [{ fromMs: 0, toMs: Infinity }];

/** A tone where somebody speaks, ms. */
function voice(lengthMs: number, amplitude: number, ...spans: [fromMs: number, toMs: number][]): Int16Array {
  const pcm = new Int16Array(lengthMs * 24);
  for (const [from, to] of spans)
    for (let i = from * 24; i < to * 24; i++) pcm[i] = Math.round(amplitude * Math.sin(i / 10));
  return pcm;
}

const oneTurn = (toMs: number, kind: TurnKind = 'solo'): Script => ({
  turns: [{ kind, fromMs: 0, toMs, utterances: [] }],
  events: [],
  lengthMs: toMs,
});

test('who speaks alone has it all, whatever pauses there are between the words', () => {
  const clean = [voice(3_000, 8_000, [500, 1_000], [1_150, 2_000]), voice(3_000, 8_000)];
  const [turn] = trueTurns(oneTurn(3_000), clean, [ALWAYS, ALWAYS]);
  expect(turn).toMatchObject({ overlap: 0, shares: new Map([[0, 1]]) });
  expect(Math.abs((turn?.startMs ?? 0) - 500)).toBeLessThanOrEqual(10);
  expect(Math.abs((turn?.endMs ?? 0) - 2_000)).toBeLessThanOrEqual(10);
});

test('what several say at once is shared by power, or alone by time', () => {
  const clean = [voice(2_000, 3_000, [0, 1_000]), voice(2_000, 9_000, [500, 1_500])];
  const [turn] = trueTurns(oneTurn(2_000), clean, [ALWAYS, ALWAYS]);
  expect(turn?.overlap).toBeCloseTo(1 / 3, 1);
  // One second is one's own alone by halves; of the other half second a tenth is the softer one's.
  expect(turn?.shares.get(0)).toBeCloseTo((0.5 + 0.05) / 1.5, 1);
  expect(turn?.timeShares.get(0)).toBeCloseTo(0.5, 1);
});

test('who is muted or gone does not speak', () => {
  const clean = [voice(2_000, 8_000, [0, 2_000]), voice(2_000, 8_000, [500, 2_000])];
  const [turn] = trueTurns(oneTurn(2_000), clean, [[{ fromMs: 0, toMs: 1_000 }], ALWAYS]);
  expect(turn?.timeShares.get(0)).toBeCloseTo(0.75 / 2, 1);
  expect(trueTurns(oneTurn(2_000), clean, [[], []])).toEqual([]);
});

test('a script is the same for the same seed, and keeps its turns apart', () => {
  const script = makeScript(3, 60);
  expect(makeScript(3, 60)).toEqual(script);
  expect(makeScript(4, 60)).not.toEqual(script);
  let endedMs = 0;
  for (const { fromMs, toMs } of script.turns) {
    expect(fromMs - endedMs).toBeGreaterThanOrEqual(900);
    expect(toMs).toBeGreaterThan(fromMs);
    endedMs = toMs;
  }
  const kinds = new Set(script.turns.map(({ kind }) => kind));
  for (const kind of ['solo', 'overlap', 'muted', 'muted-over', 'left', 'joined'] as const)
    expect(kinds).toContain(kind);
});

test('only who is there speaks: joins and leaves alternate', () => {
  const { turns, events } = makeScript(5, 60);
  const present = new Set(Array.from({ length: SPEAKERS }, (_, speaker) => speaker));
  const marks = [
    ...events.map((event) => ({ atMs: event.atMs, event })),
    ...turns.flatMap(({ utterances }) => utterances.map((said) => ({ atMs: said.fromMs, event: said }))),
  ].sort((one, other) => one.atMs - other.atMs);
  for (const { event } of marks) {
    if ('kind' in event && event.kind === 'join') present.add(event.speaker);
    else expect(present).toContain(event.speaker);
    if ('kind' in event && event.kind === 'leave') present.delete(event.speaker);
  }
});
