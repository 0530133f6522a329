import { FRAME_SAMPLES } from '@parley/contract';
import { expect, test } from 'vitest';
import { BANDS, BandTrack, slotAt } from './BandTrack.ts';
import { levelDbov } from './level.ts';
import { bestLikeness } from './likeness.ts';
import { acrossRoom, chatter } from './testing/chatter.ts';

const push = (track: BandTrack, pcm: Int16Array) => {
  for (let at = 0; at + FRAME_SAMPLES <= pcm.length; at += FRAME_SAMPLES)
    track.push(pcm.subarray(at, at + FRAME_SAMPLES));
};
const tone = (hz: number, ms: number) =>
  Int16Array.from({ length: ms * 24 }, (_, i) => 8_000 * Math.sin((2 * Math.PI * hz * i) / 24_000));

test.each([
  [220, 0],
  [700, 3],
  [2_000, 8],
  [5_000, 12],
])('a tone of %i Hz is in band %i, with its power', (hz, band) => {
  const track = new BandTrack();
  const pcm = tone(hz, 200);
  push(track, pcm);
  for (const slot of [track.slots - 2, track.slots - 1]) {
    const bands = Array.from(track.power.subarray(slotAt(slot), slotAt(slot) + BANDS));
    expect(bands.indexOf(Math.max(...bands))).toBe(band);
    const dbov = 10 * Math.log10(bands.reduce((sum, power) => sum + power, 0));
    expect(Math.abs(dbov - levelDbov(pcm.subarray(0, FRAME_SAMPLES)))).toBeLessThan(1.5);
  }
});

test('silence has no power; sound is remembered for 2.5 s and can be forgotten', () => {
  const track = new BandTrack();
  push(track, tone(700, 100));
  expect(track.quietSlots).toBe(0);
  track.push(undefined);
  expect(track.quietSlots).toBe(2);
  expect(track.meanPower(0, 2)).toBe(0);
  expect(track.meanPower(2, 2)).toBeGreaterThan(0);
  track.clear();
  expect(track.meanPower(2, 2)).toBe(0);
  expect(track.slots).toBe(12);
});

test('the same voice is found at its delay, another one is not', () => {
  const voice = chatter({ seed: 1, ms: 3_000 });
  const [said, heard, other] = [new BandTrack(), new BandTrack(), new BandTrack()];
  push(said, voice);
  push(heard, acrossRoom(voice, { delayMs: 310, gain: 0.1 }));
  push(other, chatter({ seed: 2, ms: 3_000 }));
  const found = bestLikeness(said, heard, 60, { from: 0, to: 60 });
  expect(found.score).toBeGreaterThan(0.85);
  expect(Math.abs(found.lag - 31)).toBeLessThanOrEqual(1);
  expect(bestLikeness(said, other, 60, { from: 0, to: 60 }).score).toBeLessThan(0.75);
});
