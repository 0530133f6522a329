import { speak } from '@parley/simulator/speech/utterance';

/** A spoken sentence of about 4 s, and the second of silence that ends a turn: mono PCM16 at 24 kHz. */
export function spokenTurn(): Int16Array {
  const { samples } = speak(['parley-is'], 'cedar', 1);
  const whole = new Int16Array(samples.length + 24_000);
  whole.set(samples);
  return whole;
}

/** Pieces of 100 ms, as a client would send them. */
export function pieces(samples: Int16Array): Int16Array[] {
  const count = Math.ceil(samples.length / 2400);
  return Array.from({ length: count }, (_, i) => samples.slice(i * 2400, (i + 1) * 2400));
}

export const base64 = (samples: Int16Array): string =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');

/** Milliseconds of PCM16 in base64. */
export const lengthMs = (deltas: readonly unknown[]): number =>
  deltas.reduce<number>((sum, delta) => sum + Buffer.from(String(delta), 'base64').length / 48, 0);

/** Loudness of PCM16 in base64, in dBFS. */
export function loudness(deltas: readonly unknown[]): number {
  const bytes = Buffer.concat(deltas.map((delta) => Buffer.from(String(delta), 'base64')));
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readInt16LE(at) ** 2;
  return 10 * Math.log10(sum / (bytes.length / 2) / 32_768 ** 2);
}
