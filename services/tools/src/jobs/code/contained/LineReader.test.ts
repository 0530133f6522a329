import { expect, it } from 'vitest';
import { LineReader } from './LineReader.ts';

function read(max: number, ...parts: (string | Buffer)[]) {
  const lines: string[] = [];
  let floods = 0;
  const reader = new LineReader(
    max,
    (line) => lines.push(line),
    () => (floods += 1),
  );
  for (const part of parts) reader.write(Buffer.from(part));
  return { lines, floods };
}

it('cuts lines wherever the parts end, letters of several bytes too', () => {
  const bytes = Buffer.from('one\ntwö\n\nthree');
  const parts = [...bytes].map((byte) => Buffer.from([byte]));
  expect(read(1_000, ...parts, '\n')).toEqual({ lines: ['one', 'twö', 'three'], floods: 0 });
});

it('R33 says once when there is too much, and takes no more', () => {
  expect(read(10, 'one\n', 'x'.repeat(20), '\n', 'four\n')).toEqual({ lines: ['one'], floods: 1 });
});

it('R33 a line without an end is too much', () => {
  const part = 'x'.repeat(1024 * 1024);
  expect(read(1e9, ...Array<string>(10).fill(part)).floods).toBe(1);
});
