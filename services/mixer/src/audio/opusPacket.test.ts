import { describe, expect, it } from 'vitest';
import { loadOpus } from './opus.ts';
import { hasFec, isDtx, opusTicks, voiceFlag } from './opusPacket.ts';
import { speech } from './testing/speech.ts';
import { seededRandom } from './testing/random.ts';

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

describe('voiceFlag', () => {
  it('tells speech from faint noise, as the encoder heard it, and nothing of CELT', async () => {
    const codec = await loadOpus({ dtx: true });
    const encoder = codec.encoder();
    const random = seededRandom(5);
    const flags = (pcm: Int16Array) => {
      const told: (boolean | undefined)[] = [];
      for (let at = 0; at < pcm.length; at += 480) {
        const packet = encoder.encode(pcm.subarray(at, at + 480));
        if (!isDtx(packet)) told.push(voiceFlag(packet));
      }
      return told;
    };
    const said = flags(speech({ seed: 3, ms: 2_000 }));
    expect(said.filter(Boolean).length / said.length).toBeGreaterThan(0.6); // words have pauses
    flags(Int16Array.from({ length: 24_000 }, () => (random() - 0.5) * 8)); // it takes a while to believe in silence
    const noise = flags(Int16Array.from({ length: 96_000 }, () => (random() - 0.5) * 8));
    expect(noise.length).toBeGreaterThan(5);
    expect(noise.some((flag) => flag !== false)).toBe(false);
    encoder.close();
    const light = codec.encoder('light');
    expect(voiceFlag(light.encode(speech({ seed: 3, ms: 20 })))).toBeUndefined();
    light.close();
  });

  it('reads one flag for each 20 ms of SILK, and looks into no packet of code 3', () => {
    const [silk20, silk60, hybrid] = [9 << 3, 11 << 3, 13 << 3];
    expect(voiceFlag(Uint8Array.of(silk20, 0x80))).toBe(true);
    expect(voiceFlag(Uint8Array.of(silk20, 0x7f))).toBe(false);
    expect(voiceFlag(Uint8Array.of(silk60, 0x20))).toBe(true);
    expect(voiceFlag(Uint8Array.of(silk60, 0x1f))).toBe(false);
    expect(voiceFlag(Uint8Array.of(hybrid | 2, 10, 0x80))).toBe(true);
    expect(voiceFlag(Uint8Array.of(hybrid | 2, 252, 0, 0x7f))).toBe(false);
    expect(voiceFlag(Uint8Array.of(silk20 | 3, 1, 0x80))).toBeUndefined();
    expect(voiceFlag(Uint8Array.of(silk20))).toBeUndefined();
    expect(voiceFlag(new Uint8Array())).toBeUndefined();
  });
});

describe('isDtx', () => {
  it('is the TOC and at most one byte', () => {
    expect([0, 1, 2, 3].map((size) => isDtx(new Uint8Array(size)))).toEqual([true, true, true, false]);
  });
});
