import { FRAME_SAMPLES, SAMPLE_RATE, SILENCE_DBOV } from '@parley/contract';

const FULL_SCALE = 32_768;
/** Speech in a recording is louder than this (dBFS, RMS of 20 ms). */
const SPEECH_DBFS = -45;

/** RMS level in dBFS: 0 is a full-scale square wave, -127 is silence. */
export function levelDbfs(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return SILENCE_DBOV;
  return Math.max(SILENCE_DBOV, 10 * Math.log10(sum / samples.length / (FULL_SCALE * FULL_SCALE)));
}

/** Milliseconds from the first to the last 20 ms frame that is loud enough to be speech; 0 when none is. */
export function speechMs(samples: Int16Array): number {
  let first = -1;
  let end = 0;
  for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
    if (levelDbfs(samples.subarray(at, at + FRAME_SAMPLES)) < SPEECH_DBFS) continue;
    if (first < 0) first = at;
    end = Math.min(at + FRAME_SAMPLES, samples.length);
  }
  return first < 0 ? 0 : ((end - first) * 1000) / SAMPLE_RATE;
}
