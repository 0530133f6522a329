import { SAMPLE_RATE } from '@parley/contract';

const HEADER_BYTES = 44;

/** A WAV file: mono, 24 kHz, 16 bits. */
export function wavFile(chunks: readonly Int16Array[]): Buffer {
  const count = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const file = Buffer.alloc(HEADER_BYTES + count * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(count * 2, 40);
  let at = HEADER_BYTES;
  for (const chunk of chunks) {
    for (const sample of chunk) {
      file.writeInt16LE(sample, at);
      at += 2;
    }
  }
  return file;
}
