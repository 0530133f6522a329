import { SAMPLE_RATE } from '@parley/contract';
import { seededRandom } from './random.ts';

const HARMONICS = 14;

export interface SpeechOptions {
  seed: number;
  ms: number;
  /** Of its peaks, about; 1 is the loudest there is. */
  amplitude?: number;
}

/**
 * Something that a speech codec takes for a voice: a gliding pitch with many harmonics, shaped by two formants, in
 * syllables. Mono, 24 kHz.
 */
export function speech({ seed, ms, amplitude = 0.5 }: SpeechOptions): Int16Array {
  const random = seededRandom(seed);
  const samples = new Int16Array((ms * SAMPLE_RATE) / 1000);
  const base = 90 + random() * 120;
  const gains = new Float64Array(HARMONICS + 1);
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    const seconds = i / SAMPLE_RATE;
    const pitch = base * (1 + 0.15 * Math.sin(seconds * 5));
    phase += (2 * Math.PI * pitch) / SAMPLE_RATE;
    if (i % 24 === 0) shape(gains, pitch, 500 + 250 * Math.sin(seconds * 9));
    let sum = 0;
    for (let harmonic = 1; harmonic <= HARMONICS; harmonic++)
      sum += (gains[harmonic] ?? 0) * Math.sin(harmonic * phase);
    const syllable = 0.55 + 0.45 * Math.sin(seconds * 2 * Math.PI * 4);
    samples[i] = Math.round(Math.max(-1, Math.min(1, sum * syllable * amplitude)) * 32_767);
  }
  return samples;
}

/** Makes silence of a part of it, in place. */
export const mute = (pcm: Int16Array, fromMs: number, toMs: number): Int16Array =>
  pcm.fill(0, fromMs * 24, toMs * 24);

/** Silence as a microphone has it, about -70 dBov, from one moment to another. */
export function overNoise(pcm: Int16Array, fromMs: number, toMs: number): Int16Array {
  const random = seededRandom(99);
  mute(pcm, fromMs, toMs);
  return pcm.map((sample) => Math.max(-32_768, Math.min(32_767, sample + (random() - 0.5) * 36)));
}

function shape(gains: Float64Array, pitch: number, firstFormantHz: number): void {
  for (let harmonic = 1; harmonic <= HARMONICS; harmonic++) {
    const hz = harmonic * pitch;
    const formants =
      Math.exp(-(((hz - firstFormantHz) / 200) ** 2)) + 0.4 * Math.exp(-(((hz - 1_700) / 300) ** 2));
    gains[harmonic] = 0.2 * (0.1 + formants); // so that they add up to about 1
  }
}
