import { SAMPLE_RATE } from '@parley/contract';
import { seededRandom } from './random.ts';

export interface ChatterOptions {
  seed: number;
  ms: number;
  /** RMS of a loud syllable, about; 1 is the loudest there is. */
  amplitude?: number;
}

/**
 * Something as uneven as people talk: syllables of random length, pitch, loudness and vowel, hisses and pauses between
 * them. Two seeds have nothing in common. Mono, 24 kHz.
 */
export function chatter({ seed, ms, amplitude = 0.2 }: ChatterOptions): Int16Array {
  const random = seededRandom(seed);
  const pcm = new Int16Array(Math.floor((ms * SAMPLE_RATE) / 1000));
  const base = 90 + random() * 110;
  let at = 0;
  while (at < pcm.length) {
    const loudness = amplitude * (0.4 + random() * 0.6);
    if (random() < 0.4) at = hiss(pcm, at, 0.03 + random() * 0.06, loudness * 0.4, random);
    at = vowel(pcm, at, 0.07 + random() * 0.17, loudness, { base, random });
    at += Math.floor((random() < 0.15 ? 0.15 + random() * 0.15 : random() * 0.04) * SAMPLE_RATE);
  }
  return pcm;
}

function vowel(
  pcm: Int16Array,
  start: number,
  seconds: number,
  loudness: number,
  { base, random }: { base: number; random: () => number },
): number {
  const length = Math.floor(seconds * SAMPLE_RATE);
  const pitch = base * (0.8 + random() * 0.5);
  const glide = (random() - 0.5) * 0.4;
  const formants = [250 + random() * 600, 900 + random() * 1_500, 2_400 + random() * 900];
  const gains = Array.from({ length: 30 }, (_, index) => index + 1)
    .map((harmonic) => ({
      harmonic,
      gain: formants.reduce(
        (sum, hz, index) => sum + Math.exp(-(((harmonic * pitch - hz) / 130) ** 2)) / (1 + index),
        0,
      ),
    }))
    .filter(({ gain }) => gain > 0.03);
  if (gains.length === 0) gains.push({ harmonic: 1, gain: 1 });
  const norm = Math.sqrt(gains.reduce((sum, { gain }) => sum + (gain * gain) / 2, 0));
  let phase = 0;
  for (let i = 0; i < length && start + i < pcm.length; i++) {
    const part = i / length;
    phase += (2 * Math.PI * pitch * (1 + glide * part)) / SAMPLE_RATE;
    let sum = 0;
    for (const { harmonic, gain } of gains) sum += gain * Math.sin(harmonic * phase);
    const shape = Math.sin(Math.PI * part) ** 0.5;
    pcm[start + i] = clip((sum / norm) * shape * loudness);
  }
  return start + length;
}

function hiss(
  pcm: Int16Array,
  start: number,
  seconds: number,
  loudness: number,
  random: () => number,
): number {
  const length = Math.floor(seconds * SAMPLE_RATE);
  for (let i = 0; i < length && start + i < pcm.length; i++)
    pcm[start + i] = clip((random() * 2 - 1) * loudness);
  return start + length;
}

export interface RoomOptions {
  delayMs: number;
  /** How loud it comes back, 0…1. */
  gain?: number;
  /** Amplitude of the microphone's own noise, in steps of 16 bit. */
  noise?: number;
  seed?: number;
}

/** The same, as a microphone hears it from across a room: late, coloured by a small loudspeaker, with reverberation. */
export function acrossRoom(
  pcm: Int16Array,
  { delayMs, gain = 0.3, noise = 20, seed = 1 }: RoomOptions,
): Int16Array {
  const random = seededRandom(seed);
  const delay = Math.round((delayMs * SAMPLE_RATE) / 1000);
  const taps: [at: number, gain: number][] = [[delay, gain]];
  for (let tap = 0; tap < 60; tap++) {
    const after = random() * 0.15;
    const back = (random() - 0.5) * 0.6 * gain * Math.exp(-6.9 * (after / 0.25));
    taps.push([delay + Math.floor(after * SAMPLE_RATE), back]);
  }
  const out = new Float64Array(pcm.length);
  for (const [at, level] of taps)
    for (let i = at; i < out.length; i++) out[i] = (out[i] ?? 0) + level * (pcm[i - at] ?? 0);
  let [before, high, low] = [0, 0, 0];
  return Int16Array.from(out, (sample) => {
    high = 0.93 * (high + sample - before);
    before = sample;
    low += 0.6 * (high - low);
    return Math.round(Math.max(-32_768, Math.min(32_767, low + (random() * 2 - 1) * noise)));
  });
}

/** Both at once. */
export function both(one: Int16Array, other: Int16Array, otherFromMs = 0): Int16Array {
  const from = Math.round((otherFromMs * SAMPLE_RATE) / 1000);
  return one.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample + (other[i - from] ?? 0))));
}

/** Factor that makes `pcm` as loud as `like`, plus `db`. */
export function asLoudAs(pcm: Int16Array, like: Int16Array, db = 0): Int16Array {
  const factor = (rms(like) / rms(pcm)) * 10 ** (db / 20);
  return pcm.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * factor))));
}

const rms = (pcm: Int16Array) =>
  Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);
const clip = (value: number) => Math.round(Math.max(-1, Math.min(1, value)) * 32_767);
