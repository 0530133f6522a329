import { expect, test } from 'vitest';
import { decodePcm, encodePcm } from './pcm.ts';

const samples = Int16Array.of(0, 1, -1, 258, 32_767, -32_768);
const wire = Buffer.from([0, 0, 1, 0, 255, 255, 2, 1, 255, 127, 0, 128]).toString('base64');

test('little-endian on the wire, whatever the machine', () => {
  expect(encodePcm(samples)).toBe(wire);
  expect(decodePcm(wire)).toEqual(samples);
  expect(decodePcm(wire, false)?.[3]).toBe(513);
  expect(encodePcm(Int16Array.of(513), false)).toBe(encodePcm(Int16Array.of(258)));
});

test('a part of a larger array, and small ones in the shared pool', () => {
  expect(decodePcm(encodePcm(samples.subarray(2, 5)))).toEqual(samples.subarray(2, 5));
  for (let length = 0; length < 50; length++) {
    Buffer.from('x'.repeat(length % 7));
    expect(decodePcm(encodePcm(new Int16Array(length).fill(length)))).toEqual(
      new Int16Array(length).fill(length),
    );
  }
});

test('encoding leaves the samples as they are', () => {
  const kept = samples.slice();
  encodePcm(kept, false);
  expect(kept).toEqual(samples);
});

test.each(['AA', 'AAAA', 'A A=', '!!!!', 'ÄÖÜß', 'AAA*', '===='])('refuses %s', (text) => {
  expect(decodePcm(text)).toBeUndefined();
});
