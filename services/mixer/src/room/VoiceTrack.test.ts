import { FRAME_SAMPLES } from '@parley/contract';
import { expect, test } from 'vitest';
import type { SpeakOptions } from './mediaPorts.ts';
import { VoiceTrack } from './VoiceTrack.ts';

function track() {
  const sent: SpeakOptions[] = [];
  const encoded: Int16Array[] = [];
  let closed = 0;
  const encoder = {
    encode: (frame: Int16Array) => {
      encoded.push(frame.slice());
      return new Uint8Array(1);
    },
    close: () => closed++,
  };
  const voice = new VoiceTrack(encoder, (_payload, options) => sent.push(options));
  return { voice, sent, encoded, closed: () => closed };
}
const FRAME = new Int16Array(FRAME_SAMPLES).fill(1_000);

test('M12 sends nothing before the first frame and after the trailing silence', () => {
  const { voice, sent, encoded } = track();
  voice.play(undefined, 0);
  expect(voice.active).toBe(false);
  voice.play(FRAME, 20);
  for (let i = 2; i < 30; i++) voice.play(undefined, i * 20);
  expect(sent).toHaveLength(11);
  expect(encoded.slice(1).every((frame) => frame.every((sample) => sample === 0))).toBe(true);
  expect(voice.active).toBe(false);
});

test('a voice after a pause carries the marker and the frames that were skipped', () => {
  const { voice, sent } = track();
  voice.play(FRAME, 0);
  voice.play(FRAME, 20);
  voice.play(FRAME, 5_020.2);
  expect(sent).toEqual([
    { marker: true, skippedFrames: 0 },
    { marker: false, skippedFrames: 0 },
    { marker: true, skippedFrames: 249 },
  ]);
});

test('closes its encoder', () => {
  const { voice, closed } = track();
  voice.close();
  expect(closed()).toBe(1);
});
