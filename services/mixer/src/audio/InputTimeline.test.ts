import { newParticipantId, type ParticipantId } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { InputTimeline } from './InputTimeline.ts';
import { seededRandom } from './testing/random.ts';

const [anna, ben, carl] = [newParticipantId(), newParticipantId(), newParticipantId()];

interface Line {
  who: ParticipantId;
  fromMs: number;
  toMs: number;
  dbov?: number;
}

/** Levels as speech has them: some decibels up and down. */
function scripted(lines: Line[], untilMs: number, seed = 1, variation = 6) {
  const timeline = new InputTimeline();
  const random = seededRandom(seed);
  for (let ms = 0; ms < untilMs; ms += 20) {
    const voices = new Map<ParticipantId, number>();
    for (const { who, fromMs, toMs, dbov = -25 } of lines)
      if (ms >= fromMs && ms < toMs) voices.set(who, dbov + (random() - 0.5) * variation);
    timeline.advance(voices);
  }
  return timeline;
}

const shares = (timeline: InputTimeline, startMs: number, endMs: number) =>
  new Map(timeline.turn(startMs, endMs).speakers.map(({ participantId, share }) => [participantId, share]));

/** Within two points. */
function expectShare(actual: number | undefined, expected: number): void {
  expect(Math.abs((actual ?? 0) - expected)).toBeLessThan(0.02);
}

describe('InputTimeline', () => {
  it('gives the whole turn to the only speaker, pauses or not', () => {
    const timeline = scripted(
      [
        { who: anna, fromMs: 400, toMs: 1_000 },
        { who: anna, fromMs: 1_500, toMs: 2_000 },
      ],
      3_000,
    );
    expect(timeline.turn(0, 3_000)).toEqual({ speakers: [{ participantId: anna, share: 1 }], overlap: 0 });
    expect(timeline.inputMs).toBe(3_000);
  });

  it('shares by time when they take turns', () => {
    const timeline = scripted(
      [
        { who: anna, fromMs: 0, toMs: 3_000 },
        { who: ben, fromMs: 3_000, toMs: 4_000 },
      ],
      5_000,
    );
    const { speakers, overlap } = timeline.turn(0, 5_000);
    expect(speakers.map(({ participantId }) => participantId)).toEqual([anna, ben]);
    expectShare(speakers[0]?.share, 0.75);
    expectShare(speakers[1]?.share, 0.25);
    expect(overlap).toBe(0);
  });

  it('shares an overlap of equals in halves', () => {
    const timeline = scripted(
      [
        { who: anna, fromMs: 0, toMs: 3_000 },
        { who: ben, fromMs: 2_000, toMs: 4_000 },
      ],
      4_000,
    );
    const found = shares(timeline, 0, 4_000);
    expectShare(found.get(anna), 0.625);
    expectShare(found.get(ben), 0.375);
    expectShare(timeline.turn(0, 4_000).overlap, 0.25);
  });

  it('shares an overlap by power when one is louder', () => {
    const timeline = scripted(
      [
        { who: anna, fromMs: 0, toMs: 10_000, dbov: -20 },
        { who: ben, fromMs: 0, toMs: 10_000, dbov: -26 },
      ],
      10_000,
      1,
      0,
    );
    expectShare(shares(timeline, 0, 10_000).get(anna), 0.8);
    expect(timeline.turn(0, 10_000).overlap).toBe(1);
  });

  it('is right for random scripts of three people', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const lines = Array.from({ length: 6 }, (_, i) => {
        const fromMs = Math.floor(random() * 400) * 20;
        return {
          who: [anna, ben, carl][i % 3] ?? anna,
          fromMs,
          toMs: fromMs + (20 + Math.floor(random() * 100)) * 20,
        };
      });
      const timeline = scripted(lines, 12_000, seed);
      const expected = new Map<ParticipantId, number>();
      let [voiced, overlapped] = [0, 0];
      for (let ms = 0; ms < 12_000; ms += 20) {
        const who = new Set(
          lines.filter(({ fromMs, toMs }) => ms >= fromMs && ms < toMs).map((line) => line.who),
        );
        if (who.size > 0) voiced++;
        if (who.size > 1) overlapped++;
        for (const participantId of who)
          expected.set(participantId, (expected.get(participantId) ?? 0) + 1 / who.size);
      }
      const found = shares(timeline, 0, 12_000);
      for (const [participantId, frames] of expected) expectShare(found.get(participantId), frames / voiced);
      expectShare(timeline.turn(0, 12_000).overlap, overlapped / voiced);
    }
  });

  it('drops a cough, and what one microphone hears of another person', () => {
    const timeline = scripted(
      [
        { who: anna, fromMs: 0, toMs: 5_000, dbov: -15 },
        { who: ben, fromMs: 0, toMs: 5_000, dbov: -45 },
        { who: carl, fromMs: 5_000, toMs: 5_100 },
      ],
      6_000,
    );
    expect(timeline.turn(0, 6_000)).toEqual({ speakers: [{ participantId: anna, share: 1 }], overlap: 0 });
  });

  it('M42 counts pauses between words as speech, and longer ones not', () => {
    const words = (pauseMs: number) =>
      scripted(
        [
          { who: anna, fromMs: 0, toMs: 400 },
          { who: anna, fromMs: 400 + pauseMs, toMs: 1_000 },
          { who: ben, fromMs: 2_000, toMs: 3_000 },
        ],
        4_000,
      );
    expectShare(shares(words(200), 0, 4_000).get(anna), 0.5);
    expectShare(shares(words(220), 0, 4_000).get(anna), 0.78 / 1.78);
    // A turn that ends in the pause.
    expect([...shares(words(200), 0, 500).keys()]).toEqual([anna]);
  });

  it('M42 somebody who pauses while another one speaks overlaps, but what is said is the other one’s', () => {
    const timeline = scripted(
      [
        { who: anna, fromMs: 0, toMs: 400 },
        { who: ben, fromMs: 400, toMs: 600 },
        { who: anna, fromMs: 600, toMs: 1_000 },
      ],
      1_000,
    );
    expectShare(shares(timeline, 0, 1_000).get(ben), 0.2);
    expect(timeline.turn(0, 1_000).overlap).toBeCloseTo(0.2);
  });

  it('M42 gives a pause that two microphones share to who spoke, not to who was overheard', () => {
    const heardTwice = (fromMs: number, toMs: number) => [
      { who: anna, fromMs, toMs, dbov: -15 },
      { who: ben, fromMs, toMs, dbov: -40 },
    ];
    const timeline = scripted([...heardTwice(0, 300), ...heardTwice(450, 800)], 1_000);
    expect(timeline.turn(0, 1_000)).toEqual({ speakers: [{ participantId: anna, share: 1 }], overlap: 0 });
  });

  it('M75 what was taken back does not come again as a pause between words', () => {
    const timeline = scripted([{ who: anna, fromMs: 0, toMs: 1_000 }], 1_000);
    timeline.retract(anna, 1_000);
    timeline.advance(new Map());
    timeline.advance(new Map([[anna, -25]]));
    expect(timeline.turn(0, 1_020).speakers).toEqual([]);
    expect(timeline.turn(1_020, 1_040).speakers).toEqual([{ participantId: anna, share: 1 }]);
  });

  it('hears no voice in background noise, but a word that grows out of it and fades', () => {
    const noise = scripted([{ who: anna, fromMs: 0, toMs: 5_000, dbov: -65 }], 5_000);
    expect(noise.turn(0, 5_000)).toEqual({ speakers: [], overlap: 0 });
    const timeline = new InputTimeline();
    for (const dbov of [-65, -50, -44, -30, -49, -51, -49, -60])
      timeline.advance(
        new Map([
          [anna, dbov],
          [ben, dbov === -30 ? -30 : -127],
        ]),
      );
    expect(shares(timeline, 0, 160).get(ben)).toBeCloseTo(0.1);
  });

  it('looks only at the turn that is asked for', () => {
    const timeline = scripted(
      [
        { who: anna, fromMs: 0, toMs: 2_000 },
        { who: ben, fromMs: 2_000, toMs: 4_000 },
      ],
      4_000,
    );
    expect([...shares(timeline, 0, 1_990).keys()]).toEqual([anna]);
    expect([...shares(timeline, 2_000, 9_999_999).keys()]).toEqual([ben]);
    expect(timeline.turn(-500, 0).speakers).toEqual([]);
    expect(timeline.turn(3_000, 1_000).speakers).toEqual([]);
  });

  it('remembers ten minutes and no more, and forgets people who are long gone', () => {
    const timeline = scripted(
      [
        { who: ben, fromMs: 0, toMs: 60_000 },
        { who: anna, fromMs: 60_000, toMs: 660_000 },
      ],
      1_300_000,
    );
    expect(timeline.turn(0, 640_000).speakers).toEqual([]);
    timeline.advance(new Map([[carl, -20]]));
    expect([...shares(timeline, 1_290_000, 1_300_020).keys()]).toEqual([carl]);
  });
});
