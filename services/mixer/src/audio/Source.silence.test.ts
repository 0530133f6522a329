import { describe, expect, it } from 'vitest';
import { levelDbov } from './level.ts';
import { voiceFlag } from './opusPacket.ts';
import { bestMatch, hardestEdge, largestStep, seconds } from './testing/compare.ts';
import { mute, overNoise, speech } from './testing/speech.ts';
import { listen, newSource, sendSpeech, withDtx } from './testing/talk.ts';

describe('Source and silence', () => {
  const sentences = () => {
    const said = speech({ seed: 7, ms: 8_000 });
    for (const fromMs of [1_000, 3_000, 5_000]) mute(said, fromMs, fromMs + 1_000);
    return said;
  };

  it.each([true, false])(
    'resumes after DTX without a click, and is silent in between (levels: %s)',
    (levels) => {
      const said = sentences();
      const arrivals = sendSpeech(said, { codec: withDtx, levels });
      expect(arrivals.length).toBeLessThan(400 - 90); // it is DTX
      const { heard, silent, source } = listen(arrivals);
      expect(silent.filter(Boolean).length).toBeGreaterThan(90);
      expect(largestStep(heard)).toBeLessThan(largestStep(said) * 1.3);
      expect(hardestEdge(heard, silent)).toBeLessThan(200);
      expect(source.stats.lost).toBe(0);
      const { correlation } = bestMatch(seconds(said, 4.1, 4.9), seconds(heard, 4.1, 5.2), 4_800);
      expect(correlation).toBeGreaterThan(0.85);
    },
  );

  it('does not decode what says that it is silent, and resumes from that without a click', () => {
    const said = sentences();
    const { heard, silent, source } = listen(sendSpeech(said, { levels: true }));
    expect(source.stats.skipped).toBeGreaterThan(3 * 30);
    expect(silent.filter(Boolean).length).toBeGreaterThan(90);
    expect(largestStep(heard)).toBeLessThan(largestStep(said) * 1.3);
    expect(hardestEdge(heard, silent)).toBeLessThan(200);
    const all = listen(sendSpeech(said));
    const onset = bestMatch(seconds(all.heard, 4, 4.6), seconds(heard, 4, 4.6), 0);
    expect(onset.correlation).toBeGreaterThan(0.9);
  });

  it('keeps the quiet end of a word', () => {
    const said = overNoise(speech({ seed: 8, ms: 2_000 }), 1_000, 2_000);
    const { heard, silent } = listen(sendSpeech(said, { levels: true }));
    const all = listen(sendSpeech(said));
    expect(bestMatch(seconds(all.heard, 1, 1.24), seconds(heard, 1, 1.24), 0).correlation).toBeGreaterThan(
      0.99,
    );
    expect(silent.slice(53, 60).some(Boolean)).toBe(false);
    expect(silent.slice(65, 100).every(Boolean)).toBe(true);
  });

  it('is exact again one frame after a pause that was not decoded', () => {
    const said = overNoise(speech({ seed: 8, ms: 4_000 }), 1_000, 3_000);
    const { heard, source } = listen(sendSpeech(said, { levels: true }));
    const all = listen(sendSpeech(said));
    expect(source.stats.skipped).toBeGreaterThan(80);
    const onset = heard.findIndex((sample, at) => at > 48_000 && sample !== 0);
    const difference = heard.slice(onset + 480, onset + 1_440);
    for (let i = 0; i < difference.length; i++)
      difference[i] = (difference[i] ?? 0) - (all.heard[onset + 480 + i] ?? 0);
    expect(levelDbov(difference)).toBeLessThan(levelDbov(heard.slice(onset + 480, onset + 1_440)) - 60);
  });

  it('says when it is worth pulling', () => {
    const source = newSource();
    expect(source.awake).toBe(false);
    const said = mute(speech({ seed: 9, ms: 4_000 }), 1_000, 4_000);
    const awake: boolean[] = [];
    listen(sendSpeech(said, { levels: true }), { source, each: () => awake.push(source.awake) });
    expect(awake.slice(5, 90).every(Boolean)).toBe(true);
    expect(awake.at(-1)).toBe(false);
  });

  it('M32 wakes with the first packet that says there is a voice in it, and hears no silence of a sender with DTX', () => {
    const said = overNoise(speech({ seed: 9, ms: 9_000 }), 1_000, 7_000);
    const arrivals = sendSpeech(said, { codec: withDtx });
    const [source, awake] = [newSource(), new Map<number, boolean>()];
    const { silent } = listen(arrivals, { source, each: (atMs) => awake.set(atMs, source.awake) });
    // 200 ms after the words libopus takes them to be over.
    expect(silent.slice(72, 350).every(Boolean)).toBe(true);
    const first = arrivals.find(({ atMs, packet }) => atMs > 6_950 && voiceFlag(packet.payload));
    expect([...awake].find(([atMs, is]) => is && atMs > 6_000)?.[0]).toBeLessThanOrEqual(
      (first?.atMs ?? 0) + 20,
    );
  });

  it('M32 is not kept awake by the packet now and then of a sender with DTX, and wakes with the second one of a voice', () => {
    const said = overNoise(speech({ seed: 9, ms: 7_000 }), 1_000, 6_000);
    const arrivals = sendSpeech(said, { codec: withDtx });
    const inPause = arrivals.filter(({ atMs }) => atMs > 2_000 && atMs < 6_000);
    expect(inPause.filter(({ packet }) => packet.payload.length > 2).length).toBeGreaterThan(7);
    const [source, awake] = [newSource(), new Map<number, boolean>()];
    const { heard } = listen(arrivals, { source, each: (atMs) => awake.set(atMs, source.awake) });
    const during = (fromMs: number, toMs: number) =>
      [...awake].filter(([atMs]) => atMs >= fromMs && atMs < toMs).map(([, is]) => is);
    expect(during(100, 1_000).every(Boolean)).toBe(true);
    expect(during(3_000, 6_000).some(Boolean)).toBe(false);
    expect(during(6_060, 7_000).every(Boolean)).toBe(true);
    // The first packet waited for the second one, and is heard like it.
    const { correlation } = bestMatch(seconds(said, 6, 6.3), seconds(heard, 6, 6.5), 4_800);
    expect(correlation).toBeGreaterThan(0.85);
  });
});
