import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('bounded, with defaults', () => {
  expect(readOptions([])).toEqual({
    rooms: 20,
    participants: 4,
    talkers: 1.4,
    seconds: 40,
    rounds: 2,
    json: false,
  });
  expect(readOptions(['--rooms', '8', '--json'])).toMatchObject({ rooms: 8, json: true });
  expect(() => readOptions(['--rooms', '20000'])).toThrow();
  expect(() => readOptions(['--room', '2'])).toThrow();
});
