import { describe, expect, it } from 'vitest';
import { voice } from '../testing/sound.ts';
import { decodeAudio, encodeAudio, MAX_APPEND_BYTES } from './audioFormat.ts';

const PCM = { type: 'audio/pcm', rate: 24_000 } as const;

describe('PCM16', () => {
  it('is little-endian and comes back as it went', () => {
    expect(encodeAudio(Int16Array.of(1, -2), PCM)).toBe(Buffer.from([1, 0, 0xfe, 0xff]).toString('base64'));
    const samples = voice(30);
    expect(decodeAudio(encodeAudio(samples, PCM), PCM, 'audio')).toEqual(samples);
    expect(decodeAudio('', PCM, 'audio')).toHaveLength(0);
  });

  it.each(['not base64!', 'AAA', 'AA==AA==', 'AA-_', 'AAAA'])('S36 %j is refused', (text) => {
    expect(() => decodeAudio(text, PCM, 'audio')).toThrow("Invalid 'audio'. Expected base64-encoded");
  });

  it('S36 15 MiB are taken, one sample more is not', () => {
    const most = Buffer.alloc(MAX_APPEND_BYTES);
    expect(decodeAudio(most.toString('base64'), PCM, 'audio')).toHaveLength(MAX_APPEND_BYTES / 2);
    const more = Buffer.alloc(MAX_APPEND_BYTES + 2).toString('base64');
    expect(() => decodeAudio(more, PCM, 'audio')).toThrow('at most 15 MiB');
  });
});

describe('G.711', () => {
  it.each(['audio/pcmu', 'audio/pcma'] as const)('%s carries speech at 8 kHz', (type) => {
    const samples = voice(100);
    const encoded = encodeAudio(samples, { type });
    expect(Buffer.from(encoded, 'base64')).toHaveLength(800);
    const back = decodeAudio(encoded, { type }, 'audio');
    expect(back).toHaveLength(samples.length);
    // The mean and the lines between the samples delay it by a third of 8 kHz's step; compare where it is settled.
    const error = back.reduce((worst, sample, i) => {
      const near = [i - 2, i - 1, i].map((k) => Math.abs(sample - (samples[k] ?? 0)));
      return i < 10 ? worst : Math.max(worst, Math.min(...near));
    }, 0);
    expect(error).toBeLessThan(900);
  });

  it('knows the reference values of both laws', () => {
    const decode = (byte: number, type: 'audio/pcmu' | 'audio/pcma') =>
      decodeAudio(Buffer.from([byte]).toString('base64').padEnd(4, '='), { type }, 'audio')[2];
    expect(decode(0xff, 'audio/pcmu')).toBe(0);
    expect(decode(0x80, 'audio/pcmu')).toBe(32_124);
    expect(decode(0x00, 'audio/pcmu')).toBe(-32_124);
    expect(decode(0xd5, 'audio/pcma')).toBe(8);
    expect(decode(0xaa, 'audio/pcma')).toBe(32_256);
    expect(decode(0x2a, 'audio/pcma')).toBe(-32_256);
  });
});
