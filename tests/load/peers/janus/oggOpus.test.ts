import { expect, test } from 'vitest';
import { oggOpus } from './oggOpus.ts';

const packets = Array.from({ length: 120 }, (_, i) => new Uint8Array(10 + i).fill(i));

test('pages of a second, numbered, with the ticks at their ends', () => {
  const file = oggOpus(packets, 24_000);
  const pages: { number: number; ticks: number; flags: number; count: number }[] = [];
  for (let at = 0; at < file.length;) {
    expect(file.toString('latin1', at, at + 4)).toBe('OggS');
    const count = file[at + 26] ?? 0;
    const bytes = file.subarray(at + 27, at + 27 + count).reduce((sum, length) => sum + length, 0);
    pages.push({
      number: file.readUInt32LE(at + 18),
      ticks: Number(file.readBigUInt64LE(at + 6)),
      flags: file[at + 5] ?? 0,
      count,
    });
    at += 27 + count + bytes;
  }
  expect(pages).toEqual([
    { number: 0, ticks: 0, flags: 2, count: 1 },
    { number: 1, ticks: 0, flags: 0, count: 1 },
    { number: 2, ticks: 48_000, flags: 0, count: 50 },
    { number: 3, ticks: 96_000, flags: 0, count: 50 },
    { number: 4, ticks: 115_200, flags: 4, count: 20 },
  ]);
});

test('says what is in it, with the checksum that other programs expect', () => {
  const head = oggOpus(packets, 24_000);
  expect(head.toString('latin1', 28, 36)).toBe('OpusHead');
  expect(head.readUInt32LE(28 + 12)).toBe(24_000);
  // Of this very page; Janus (libogg) and FFmpeg take it.
  expect(head.readUInt32LE(22).toString(16)).toBe('f7ad1ac5');
});
