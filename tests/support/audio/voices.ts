import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findIn } from './correlate.ts';
import { resample } from './resample.ts';
import { readWav, writeWav } from './wav.ts';

export const VOICES = ['anna', 'ben', 'chloe', 'david'] as const;
export type TestVoice = (typeof VOICES)[number];

/** What the mixer and the provider speak: the rate at which the tests compare. */
export const RATE = 24_000;
/** What a microphone gives. */
export const MIC_RATE = 48_000;

/** The voice's sentences, mono at 24 kHz, speech from the first sample to the last (7 to 10 s). */
export async function speech(voice: TestVoice): Promise<Int16Array> {
  const file = await readFile(join(import.meta.dirname, '../../fixtures', `${voice}.wav`));
  const wav = readWav(file);
  if (wav.sampleRate !== RATE || wav.channels !== 1) throw new Error(`${voice}.wav is not ${RATE} Hz mono`);
  return wav.samples;
}

/** The sentences again and again, each followed by a pause, until the length is reached (24 kHz mono). */
export async function repeated(voice: TestVoice, seconds: number, pauseMs: number): Promise<Int16Array> {
  const once = await speech(voice);
  const period = once.length + (pauseMs * RATE) / 1000;
  const out = new Int16Array(seconds * RATE);
  for (let at = 0; at < out.length; at += period) out.set(once.subarray(0, out.length - at), at);
  return out;
}

/**
 * What `repeated` gives, but begun in the middle, so that it runs in step with a recording of it that was begun in the
 * middle, too: place for place the same words.
 */
export async function inStepWith(
  recording: Int16Array,
  voice: TestVoice,
  pauseMs: number,
): Promise<Int16Array> {
  const period = (await speech(voice)).length + (pauseMs * RATE) / 1000;
  const piece = (await speech(voice)).subarray(RATE, 3 * RATE);
  const { at } = findIn(piece, recording.subarray(0, period + 3 * RATE));
  const skipped = (((RATE - at) % period) + period) % period;
  const seconds = Math.ceil((recording.length + skipped) / RATE);
  return (await repeated(voice, seconds, pauseMs)).subarray(skipped, skipped + recording.length);
}

/** A microphone's file for a browser: 48 kHz mono WAV. */
export function microphone(samples: Int16Array): Buffer {
  return writeWav({ sampleRate: MIC_RATE, channels: 1, samples: resample(samples, RATE, MIC_RATE) });
}
