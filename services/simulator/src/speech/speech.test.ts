import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rmsDbfs } from '../testing/sound.ts';
import { decodeAdpcmWav } from './adpcm.ts';
import { clipSamples, isClipId, PHRASES, type ClipId } from './clips.ts';
import { findClips } from './findClips.ts';
import { numberClips } from './numbers.ts';
import { resample } from './resample.ts';
import { speak, transcriptOf } from './utterance.ts';
import { VOICE_NAMES, voiceShape } from './voices.ts';

const ALL = Object.keys(PHRASES).filter(isClipId);

describe('clips', () => {
  it.each(['bright', 'deep'] as const)(
    'the %s voice speaks every phrase, audibly and at a human pace',
    (voice) => {
      for (const id of ALL) {
        const samples = clipSamples(voice, id);
        expect(rmsDbfs(samples), id).toBeGreaterThan(-30);
        const lettersPerSecond = PHRASES[id].length / (samples.length / 24_000);
        expect(lettersPerSecond, id).toBeGreaterThan(4);
        expect(lettersPerSecond, id).toBeLessThan(30);
      }
    },
  );

  it('take less than 3 MB', () => {
    const folder = join(import.meta.dirname, '../../assets');
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    expect(bytes).toBeLessThan(3_000_000);
  });

  it('a file that is no mono ADPCM is refused', () => {
    expect(() => decodeAdpcmWav(Buffer.from('RIFFxxxxJUNK'))).toThrow('Not a WAV');
    expect(() => decodeAdpcmWav(Buffer.from('RIFFxxxxWAVE'))).toThrow('without data');
  });
});

describe('numbers', () => {
  it('0 to 99 are spoken', () => {
    for (let number = 0; number <= 99; number += 1) expect(numberClips(number).length).toBeLessThanOrEqual(2);
    expect(transcriptOf(numberClips(27))).toBe('twenty-seven');
    expect(transcriptOf(numberClips(40))).toBe('forty');
    expect(() => numberClips(100)).toThrow(RangeError);
  });
});

describe('utterances', () => {
  const clips: ClipId[] = ['hello-everybody', 'i-heard-about', ...numberClips(27), 'seconds-of-speech'];

  it('S40 the transcript is what is spoken, and its words joined', () => {
    const { transcript, words, samples } = speak(clips, 'marin', 1);
    expect(transcript).toBe('Hello everybody. I heard about twenty-seven seconds of speech.');
    expect(words.map((word) => word.text).join('')).toBe(transcript);
    const places = words.map((word) => word.atSample);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.at(-1)).toBeLessThan(samples.length);
    expect(rmsDbfs(samples)).toBeGreaterThan(-26);
  });

  it('S44 every voice name speaks, no two alike; speed shortens', () => {
    const lengths = VOICE_NAMES.map((name) => speak(clips, name, 1).samples.length);
    expect(new Set(lengths).size).toBe(VOICE_NAMES.length);
    const plain = speak(clips, 'cedar', 1).samples.length;
    expect(speak(clips, 'cedar', 1.5).samples.length / plain).toBeCloseTo(1 / 1.5, 2);
    expect(voiceShape({ id: 'voice_1' })).toEqual(voiceShape('marin'));
  });

  it('resampling keeps a straight line straight', () => {
    const line = Int16Array.from({ length: 100 }, (_, i) => i * 100);
    expect([...resample(line, 2)].slice(0, 3)).toEqual([0, 200, 400]);
    expect([...resample(line, 0.5)].slice(0, 3)).toEqual([0, 50, 100]);
  });
});

describe('sentences', () => {
  it('are found among the recorded phrases', () => {
    expect(findClips('hello everybody, I heard about 27 seconds of speech')).toEqual([
      'hello-everybody',
      'i-heard-about',
      'number-20',
      'number-7',
      'seconds-of-speech',
    ]);
  });

  it('that nobody recorded are refused, with the words', () => {
    expect(() => findClips('Hello everybody. The weather is fine.')).toThrow('"the weather is fine"');
    expect(() => findClips('100')).toThrow('"100"');
  });
});
