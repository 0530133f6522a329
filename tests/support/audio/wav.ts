export interface Wav {
  sampleRate: number;
  channels: number;
  /** Interleaved when there is more than one channel. */
  samples: Int16Array;
}

/** Writes 16-bit PCM as RIFF WAVE (Microsoft/IBM 1991, format 1). */
export function writeWav({ sampleRate, channels, samples }: Wav): Buffer {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/**
 * Reads 16-bit PCM from RIFF WAVE; chunks it does not know are skipped. A `data` chunk that claims more than there is
 * (a file still being written) gives what is there. Throws on anything else.
 */
export function readWav(file: Uint8Array): Wav {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('Not a RIFF WAVE file');
  let format: { sampleRate: number; channels: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'fmt ') {
      const [code, bits] = [body.readUInt16LE(0), body.readUInt16LE(14)];
      if (code !== 1 || bits !== 16) throw new Error(`Not 16-bit PCM: format ${code}, ${bits} bits`);
      format = { channels: body.readUInt16LE(2), sampleRate: body.readUInt32LE(4) };
    }
    if (name === 'data') {
      if (!format) throw new Error('The WAVE file has its data before its format');
      return { ...format, samples: int16FromBytes(body) };
    }
    at += 8 + length + (length & 1);
  }
  throw new Error('The WAVE file has no data');
}

/** Little-endian 16-bit samples as their own array (never a view of `bytes`); an odd last byte is dropped. */
export function int16FromBytes(bytes: Uint8Array): Int16Array {
  const even = bytes.byteLength & ~1;
  // Not `bytes.slice`: on a Buffer that is a view of the same memory.
  return new Int16Array(new Uint8Array(bytes.subarray(0, even)).buffer);
}
