import { describe, expect, it } from 'vitest';
import { SmoothBuffer } from './SmoothBuffer.ts';
import { largestStep } from './testing/compare.ts';

const loud = (samples: number) => new Int16Array(samples).fill(24_000);

function readAll(buffer: SmoothBuffer): Int16Array {
  const frame = new Int16Array(buffer.length);
  buffer.read(frame);
  return frame;
}

describe('SmoothBuffer', () => {
  it('leads voice in from silence and out into it, in 5 ms each', () => {
    const buffer = new SmoothBuffer();
    buffer.voice(loud(480));
    buffer.silence(480);
    const heard = readAll(buffer);
    expect(largestStep(heard)).toBeLessThanOrEqual(200);
    expect(heard[0]).toBe(200);
    expect(heard[119]).toBe(24_000);
    expect(heard[479]).toBe(24_000);
    expect(heard[600]).toBe(0);
  });

  it('goes through untouched while the voice goes on', () => {
    const buffer = new SmoothBuffer();
    buffer.voice(loud(240));
    const voice = Int16Array.from({ length: 960 }, (_, i) => Math.round(9_000 * Math.sin(i / 9)));
    buffer.voice(voice);
    expect(readAll(buffer).subarray(240)).toEqual(voice);
  });

  it('fades what is made up, and comes back from there', () => {
    const buffer = new SmoothBuffer();
    buffer.voice(loud(480));
    for (let frame = 0; frame < 3; frame++) buffer.fading(loud(480), 2_400);
    buffer.voice(loud(480));
    const heard = readAll(buffer);
    expect(heard[480 * 4 - 1]).toBeCloseTo(9_600, -2);
    expect(heard[480 * 4 + 72]).toBe(24_000);
    expect(largestStep(heard)).toBeLessThanOrEqual(200);
  });

  it('reads in order across frames, and zeros when nothing is left', () => {
    const buffer = new SmoothBuffer();
    buffer.voice(loud(120));
    buffer.voice(Int16Array.from({ length: 1_000 }, (_, i) => i));
    const frame = new Int16Array(480);
    buffer.read(frame);
    buffer.read(frame);
    expect(frame[0]).toBe(360);
    buffer.read(frame);
    expect(frame.slice(158, 162)).toEqual(Int16Array.of(998, 999, 0, 0));
    expect(buffer.length).toBe(0);
  });

  it('knows when nothing is to be heard', () => {
    const buffer = new SmoothBuffer();
    const frame = new Int16Array(480);
    buffer.silence(960);
    expect(buffer.read(frame)).toBe(false);
    buffer.voice(loud(100));
    buffer.silence(1_000);
    expect([buffer.read(frame), buffer.read(frame), buffer.read(frame)]).toEqual([true, true, false]);
  });

  it('begins silence where the listener was, when what waits is cut off', () => {
    const buffer = new SmoothBuffer();
    buffer.voice(loud(2_880));
    const frame = new Int16Array(480);
    buffer.read(frame);
    buffer.cut();
    buffer.silence(480);
    expect(readAll(buffer)[0]).toBe(23_800);
  });

  it('holds the longest packet after a frame and drops what is more', () => {
    const buffer = new SmoothBuffer();
    for (let i = 0; i < 9; i++) buffer.voice(loud(2_880));
    buffer.fading(loud(480), 2_400);
    buffer.silence(480);
    expect(buffer.length).toBe(3_360);
  });
});
