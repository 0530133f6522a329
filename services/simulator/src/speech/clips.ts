import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { decodeAdpcmWav } from './adpcm.ts';
import phrases from './phrases.json' with { type: 'json' };

/** The ID of one recorded phrase. */
export type ClipId = keyof typeof phrases;
export type ClipVoice = 'bright' | 'deep';

const ASSETS = join(import.meta.dirname, '../../assets');
const Span = z.tuple([z.number().int().nonnegative(), z.number().int().positive()]);
const Index = z.object({
  sampleRate: z.literal(24_000),
  voices: z.record(
    z.enum(['bright', 'deep']),
    z.object({ file: z.string(), clips: z.record(z.string(), Span) }),
  ),
});

const index = Index.parse(JSON.parse(readFileSync(join(ASSETS, 'clips.json'), 'utf8')));
const voices = new Map<ClipVoice, Int16Array>();

/** The words of a clip as they are spoken, with their punctuation. */
export const PHRASES: Readonly<Record<ClipId, string>> = phrases;

export function isClipId(id: string): id is ClipId {
  return Object.hasOwn(phrases, id);
}

/** The samples of a clip: mono, 24 kHz. A voice is decoded when it is first asked for (4 MB). */
export function clipSamples(voice: ClipVoice, id: ClipId): Int16Array {
  const { file, clips } = index.voices[voice];
  let samples = voices.get(voice);
  if (!samples) {
    samples = decodeAdpcmWav(readFileSync(join(ASSETS, file)));
    voices.set(voice, samples);
  }
  const span = clips[id];
  if (!span) throw new Error(`The phrase ${id} was never recorded: run assets/make-clips.mjs`);
  return samples.subarray(span[0], span[0] + span[1]);
}

/** Decodes both voices (0.1 s), so that the first answer need not wait for it. */
export function warmVoices(): void {
  for (const voice of ['bright', 'deep'] as const) clipSamples(voice, 'yes');
}
