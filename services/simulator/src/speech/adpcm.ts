/** IMA ADPCM in WAV (format tag 0x11): blocks that begin with a plain sample and a step index, then 4 bits each. */

const STEPS = makeSteps();
const INDEX_SHIFT = [-1, -1, -1, -1, 2, 4, 6, 8];
const IMA_ADPCM = 0x11;

/** The standard's 89 quantiser steps: each about 1.1 times the one before. */
function makeSteps(): number[] {
  const text =
    '7 8 9 10 11 12 13 14 16 17 19 21 23 25 28 31 34 37 41 45 50 55 60 66 73 80 88 97 107 118 130 143 157 173 190 ' +
    '209 230 253 279 307 337 371 408 449 494 544 598 658 724 796 876 963 1060 1166 1282 1411 1552 1707 1878 2066 ' +
    '2272 2499 2749 3024 3327 3660 4026 4428 4871 5358 5894 6484 7132 7845 8630 9493 10442 11487 12635 13899 15289 ' +
    '16818 18500 20350 22385 24623 27086 29794 32767';
  return text.split(' ').map(Number);
}

/** Decodes a mono file. Returns its samples. Throws when the file is anything else. */
export function decodeAdpcmWav(file: Buffer): Int16Array {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('Not a WAV file');
  let blockBytes = 0;
  let total = 0;
  for (let at = 12; at + 8 <= file.length;) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = at + 8;
    if (id === 'fmt ') {
      if (file.readUInt16LE(body) !== IMA_ADPCM || file.readUInt16LE(body + 2) !== 1)
        throw new Error('Not a mono IMA ADPCM file');
      blockBytes = file.readUInt16LE(body + 12);
    } else if (id === 'fact') total = file.readUInt32LE(body);
    else if (id === 'data') return decodeBlocks(file.subarray(body, body + size), blockBytes, total);
    at = body + size + (size % 2);
  }
  throw new Error('A WAV file without data');
}

function decodeBlocks(data: Buffer, blockBytes: number, total: number): Int16Array {
  const samples = new Int16Array(total);
  let out = 0;
  for (let block = 0; block + 4 <= data.length; block += blockBytes) {
    let sample = data.readInt16LE(block);
    let index = data.readUInt8(block + 2);
    if (out < total) samples[out++] = sample;
    const end = Math.min(block + blockBytes, data.length);
    for (let at = block + 4; at < end; at += 1) {
      const byte = data.readUInt8(at);
      for (const code of [byte & 15, byte >> 4]) {
        const step = STEPS[index] ?? 0;
        let difference = step >> 3;
        if (code & 4) difference += step;
        if (code & 2) difference += step >> 1;
        if (code & 1) difference += step >> 2;
        sample = Math.max(-32_768, Math.min(32_767, code & 8 ? sample - difference : sample + difference));
        index = Math.max(0, Math.min(88, index + (INDEX_SHIFT[code & 7] ?? 0)));
        if (out < total) samples[out++] = sample;
      }
    }
  }
  return samples;
}
