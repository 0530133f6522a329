import { expect, test } from 'vitest';
import { int16FromBytes, readWav, writeWav } from './wav.ts';

const wav = { sampleRate: 24_000, channels: 1, samples: Int16Array.of(0, 1, -1, 32_767, -32_768) };

test('what is written is read again', () => {
  expect(readWav(writeWav(wav))).toEqual(wav);
});

test('unknown chunks are skipped, odd ones with their padding', () => {
  const file = writeWav(wav);
  const extra = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
  expect(readWav(Buffer.concat([file.subarray(0, 36), extra, file.subarray(36)]))).toEqual(wav);
});

test('a file still being written gives what is there', () => {
  expect(readWav(writeWav(wav).subarray(0, 44 + 5)).samples).toEqual(wav.samples.slice(0, 2));
});

test('anything else is refused with words', () => {
  expect(() => readWav(Buffer.from('<html>'))).toThrow('Not a RIFF WAVE file');
  expect(() => readWav(writeWav(wav).subarray(0, 36))).toThrow('no data');
  const float = writeWav(wav);
  float.writeUInt16LE(3, 20);
  expect(() => readWav(float)).toThrow('Not 16-bit PCM: format 3');
});

test('bytes at an odd offset become samples of their own', () => {
  const bytes = Buffer.from([9, 1, 0, 2, 0, 7]).subarray(1);
  const samples = int16FromBytes(bytes);
  bytes.fill(0);
  expect(samples).toEqual(Int16Array.of(1, 2));
});
