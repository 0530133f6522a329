/**
 * The provider's `audio/pcm`: base64 of signed 16-bit little-endian samples. Every machine that Node runs on today but
 * s390x stores them so in memory; there the bytes are swapped.
 */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export function encodePcm(pcm: Int16Array, littleEndian = LITTLE_ENDIAN): string {
  const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return (littleEndian ? bytes : Buffer.from(bytes).swap16()).toString('base64');
}

/** Undefined when the text is not base64 of whole samples. The samples belong to the caller. */
export function decodePcm(text: string, littleEndian = LITTLE_ENDIAN): Int16Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Node skips what is not base64; then fewer bytes come out than the length of the text promises.
  if (bytes.length !== decodedLength(text) || bytes.length % 2 !== 0) return undefined;
  if (!littleEndian) bytes.swap16();
  // Small buffers lie in Node's shared pool, possibly at an odd place.
  if (bytes.byteOffset % 2 !== 0) return new Int16Array(new Uint8Array(bytes).buffer);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function decodedLength(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor(((text.length - padding) * 3) / 4);
}
