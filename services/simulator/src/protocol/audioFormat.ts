import type { AudioFormat } from '../session/sessionSchema.ts';
import { decodeG711, encodeG711 } from './g711.ts';
import { ProtocolError } from './ProtocolError.ts';

/** The most audio that one `input_audio_buffer.append` may carry, in bytes after decoding. */
export const MAX_APPEND_BYTES = 15 * 1024 * 1024;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Decodes base64 audio to mono samples at 24 kHz. Throws ProtocolError naming `param`. */
export function decodeAudio(base64: string, format: AudioFormat, param: string): Int16Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > MAX_APPEND_BYTES)
    throw new ProtocolError(
      'string_above_max_length',
      `Invalid '${param}': at most 15 MiB of audio in one event, but got ${bytes.length} bytes.`,
      param,
    );
  const wholeSamples = format.type !== 'audio/pcm' || bytes.length % 2 === 0;
  if (base64.length % 4 !== 0 || !BASE64.test(base64) || !wholeSamples)
    throw new ProtocolError(
      'invalid_value',
      `Invalid '${param}'. Expected base64-encoded audio bytes (${describe(format)}) but got an invalid value.`,
      param,
    );
  if (format.type !== 'audio/pcm') return decodeG711(bytes, format.type);
  const samples = new Int16Array(bytes.length / 2);
  for (let i = 0; i < samples.length; i += 1) samples[i] = bytes.readInt16LE(i * 2);
  return samples;
}

/** Encodes mono samples at 24 kHz to base64. PCM is little-endian. */
export function encodeAudio(samples: Int16Array, format: AudioFormat): string {
  if (format.type !== 'audio/pcm') return encodeG711(samples, format.type).toString('base64');
  const bytes = Buffer.alloc(samples.length * 2);
  for (const [i, sample] of samples.entries()) bytes.writeInt16LE(sample, i * 2);
  return bytes.toString('base64');
}

function describe(format: AudioFormat): string {
  if (format.type === 'audio/pcm') return 'mono PCM16 at 24kHz';
  return `${format.type === 'audio/pcmu' ? 'G.711 mu-law' : 'G.711 A-law'} at 8kHz`;
}
