import { FRAME_SAMPLES } from '@parley/contract';
import { expect, test } from 'vitest';
import { levelDbov } from './level.ts';
import { SpeechGate } from './SpeechGate.ts';
import { seededRandom } from './testing/random.ts';
import { speech } from './testing/speech.ts';

/** The part of the frames that the gate takes for speech. */
function voicedPart(gate: SpeechGate, levels: readonly number[]): number {
  return levels.filter((dbov) => gate.update(dbov)).length / levels.length;
}
const levelsOf = (pcm: Int16Array) =>
  Array.from({ length: pcm.length / FRAME_SAMPLES }, (_, frame) =>
    levelDbov(pcm.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)),
  );
const fan = (ms: number) => {
  const random = seededRandom(5);
  return Array.from({ length: ms / 20 }, () => -38 + Math.round(random() * 2));
};

test('a voice, for as long as it speaks', () => {
  const gate = new SpeechGate();
  for (let second = 0; second < 20; second++)
    expect(voicedPart(gate, levelsOf(speech({ seed: second, ms: 1_000, amplitude: 0.2 })))).toBeGreaterThan(
      0.6,
    );
});

test('a fan is a voice for a few seconds only, and a voice over it stands out', () => {
  const gate = new SpeechGate();
  voicedPart(gate, fan(6_000));
  expect(voicedPart(gate, fan(10_000))).toBe(0);
  expect(voicedPart(gate, levelsOf(speech({ seed: 1, ms: 1_000, amplitude: 0.5 })))).toBeGreaterThan(0.5);
});

test('silence is none', () => {
  expect(voicedPart(new SpeechGate(), Array<number>(100).fill(-Infinity))).toBe(0);
});
