import { speak } from '@parley/simulator/speech/utterance';
import { findClips } from '@parley/simulator/speech/findClips';
import { describe, expect, test } from 'vitest';
import { RATE } from '../../support/audio/voices.ts';
import { percentile, row, table } from './figures.ts';
import { heardBy, onTheWire } from './Recorded.ts';
import { scoreCut } from './scoreCut.ts';
import { scoreWhole } from './wholeness.ts';

const at = (ms: number) => (ms * RATE) / 1000;
const reply = speak(findClips('I am counting: 1 2 3 4 5 6 7 8 9 10'), 'marin', 1).samples;

/** The reply as it is heard: parts of it, each with its gain, each so long after the one before. */
function heard(...parts: { from: number; to: number; gain?: number; after?: number }[]): Int16Array {
  return Int16Array.from(
    parts.flatMap(({ from, to, gain = 1, after = 0 }) => [
      ...new Int16Array(at(after)),
      ...reply.slice(at(from), at(to)).map((sample) => sample * gain),
    ]),
  );
}

describe('a cut', () => {
  const samples = heard(
    { from: 0, to: 3_000, after: 500 },
    { from: 3_000, to: 3_300, gain: 0.25 },
    { from: 0, to: 0, after: 2_500 },
  );

  test('is where the reply is lowered, where it ends, and what of it was heard', () => {
    const cut = scoreCut(heardBy(samples, 10_000), reply, 10_000 + 500 + 2_800);
    if (typeof cut === 'string') throw new Error(cut);
    expect(cut.loweredMs).toBeGreaterThan(13_480);
    expect(cut.loweredMs).toBeLessThan(13_530);
    expect(Math.abs(cut.silentMs - 13_800)).toBeLessThan(15);
    expect(Math.abs(cut.heardMs - 3_300)).toBeLessThan(15);
    expect(cut.nextSoundMs).toBeLessThan(3_350);
  });

  test('is none when the reply goes on, or is another one', () => {
    const whole = heardBy(heard({ from: 0, to: 5_000 }), 0);
    expect(scoreCut(whole, reply, 2_500)).toBe('never');
    expect(scoreCut(heardBy(samples.toReversed(), 0), reply, 3_000)).toBe('reply');
    expect(scoreCut(heardBy(samples, 0), reply, 100)).toBe('reply');
  });

  test('is timed on the wire by the packets', () => {
    const frames = Array.from({ length: 165 }, (_, i) => ({
      at: i * 480,
      pcm: reply.slice(i * 480, (i + 1) * 480),
      arrivedMs: 1_000 + i * 20 + (i % 3),
    }));
    const wire = onTheWire(
      [...frames, { at: 200 * 480, pcm: new Int16Array(40_000), arrivedMs: 5_000 }].toReversed(),
    );
    const cut = scoreCut(wire, reply, 1_000 + 2_500);
    if (typeof cut === 'string') throw new Error(cut);
    expect(Math.abs(cut.silentMs - 4_300)).toBeLessThan(15);
    expect(wire.indexAt(1_050)).toBe(960);
  });
});

describe('a reply that was held', () => {
  test('is whole when it goes on from where it stopped', () => {
    const whole = scoreWhole(
      heard({ from: 0, to: 3_000 }, { from: 3_000, to: 6_000, after: 1_100 }, { from: 0, to: 0 }),
      reply.subarray(0, at(6_000)),
    );
    expect(whole.pauses).toBe(1);
    expect(whole.skippedMs + whole.doubledMs).toBeLessThan(30);
    expect(whole.score).toBeGreaterThan(0.9);
  });

  test('is whole when it was only lowered; its own pauses are none', () => {
    const lowered = heard(
      { from: 0, to: 2_000 },
      { from: 2_000, to: 2_300, gain: 0.25 },
      { from: 2_300, to: 6_000 },
    );
    expect(scoreWhole(lowered, reply.subarray(0, at(6_000)))).toMatchObject({
      pauses: 0,
      skippedMs: 0,
      doubledMs: 0,
    });
  });

  test('tells what was skipped and what was doubled', () => {
    const until = reply.subarray(0, at(6_000));
    const skipping = scoreWhole(heard({ from: 0, to: 3_000 }, { from: 3_400, to: 6_000, after: 800 }), until);
    const doubling = scoreWhole(heard({ from: 0, to: 3_000 }, { from: 2_700, to: 6_000, after: 800 }), until);
    expect(Math.abs(skipping.skippedMs - 400)).toBeLessThan(60);
    expect(skipping.doubledMs).toBe(0);
    expect(Math.abs(doubling.doubledMs - 300)).toBeLessThan(60);
    expect(doubling.skippedMs).toBe(0);
  });
});

describe('figures', () => {
  test('percentiles are values that were measured', () => {
    expect([50, 95, 100].map((p) => percentile([4, 1, 3, 2], p))).toEqual([2, 4, 4]);
    expect(percentile([], 50)).toBeNaN();
  });

  test('what is unknown is not counted', () => {
    expect(row('ms', [1.4, undefined, 2.6])).toEqual(['ms', '2', '1', '3', '3']);
    expect(table(['a', 'n'], [['bcd', '10']])).toBe('| a   |  n |\n| --- | -: |\n| bcd | 10 |');
  });
});
