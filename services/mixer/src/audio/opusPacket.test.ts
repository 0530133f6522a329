import { describe, expect, it } from 'vitest';
import { loadOpus } from './opus.ts';
import { hasFec, isDtx, opusTicks } from './opusPacket.ts';
import { speech } from './testing/speech.ts';

describe('opusTicks', () => {
  it.each([
    ['SILK, 20 ms', [9 << 3, 0], 960],
    ['SILK, 60 ms', [(11 << 3) | 0, 0], 2_880],
    ['hybrid, two of 20 ms', [(13 << 3) | 1, 0], 1_920],
    ['CELT, 2.5 ms', [16 << 3], 120],
    ['CELT, 20 ms', [31 << 3], 960],
    ['six of 20 ms', [(9 << 3) | 3, 6], 5_760],
    ['longer than 120 ms', [(9 << 3) | 3, 7], 0],
    ['a count that is not there', [(9 << 3) | 3], 0],
    ['nothing', [], 0],
  ])('%s', (_name, bytes, ticks) => {
    expect(opusTicks(Uint8Array.from(bytes))).toBe(ticks);
  });

  it('agrees with libopus', async () => {
    const encoder = (await loadOpus()).encoder();
    for (const samples of [240, 480, 960, 1_440])
      expect(opusTicks(encoder.encode(new Int16Array(samples)))).toBe(samples * 2);
    encoder.close();
  });
});

describe('hasFec', () => {
  it('sees the FEC that libopus adds to speech, and none in silence or in CELT', async () => {
    const encoder = (await loadOpus()).encoder();
    const said = speech({ seed: 3, ms: 2_000 });
    let withFec = 0;
    for (let at = 0; at < said.length; at += 480)
      if (hasFec(encoder.encode(said.subarray(at, at + 480)))) withFec++;
    expect(withFec).toBeGreaterThan(40);
    for (let i = 0; i < 20; i++) encoder.encode(new Int16Array(480));
    expect(hasFec(encoder.encode(new Int16Array(480)))).toBe(false);
    encoder.close();
    expect(hasFec(Uint8Array.of(0xf8, 0xff, 0xfe))).toBe(false);
    expect(hasFec(Uint8Array.of(9 << 3))).toBe(false);
    expect(hasFec(new Uint8Array())).toBe(false);
  });
});

describe('isDtx', () => {
  it('is the TOC and at most one byte', () => {
    expect([0, 1, 2, 3].map((size) => isDtx(new Uint8Array(size)))).toEqual([true, true, true, false]);
  });
});
