import { SAMPLE_RATE } from '@parley/contract';
import { encodeAudio } from '../protocol/audioFormat.ts';

const samplesOf = (ms: number) => Math.round((ms * SAMPLE_RATE) / 1000);

/** What voice detection takes for speech: 200 Hz at about -12 dBFS. */
export function voice(ms: number): Int16Array {
  return Int16Array.from({ length: samplesOf(ms) }, (_, i) =>
    Math.round(11_600 * Math.sin((2 * Math.PI * 200 * i) / SAMPLE_RATE)),
  );
}

export function quiet(ms: number): Int16Array {
  return new Int16Array(samplesOf(ms));
}

/** Base64 of PCM16. */
export function base64(...parts: Int16Array[]): string {
  return Buffer.concat(
    parts.map((part) => Buffer.from(encodeAudio(part, { type: 'audio/pcm', rate: 24_000 }), 'base64')),
  ).toString('base64');
}

/** dBFS of the whole. */
export function rmsDbfs(samples: Int16Array): number {
  const mean = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return 10 * Math.log10(mean / 32_768 ** 2);
}
