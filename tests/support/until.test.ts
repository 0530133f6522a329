import { expect, test } from 'vitest';
import { never, until } from './until.ts';

test('gives what the probe gives at last, errors are "not yet"', async () => {
  let asked = 0;
  const found = await until(
    'three',
    () => {
      asked += 1;
      if (asked === 1) throw new Error('too early');
      return asked === 3 && { asked };
    },
    { everyMs: 1 },
  );
  expect(found).toEqual({ asked: 3 });
});

test('says what it waited for and what it saw last', async () => {
  const late = until('rain', () => Promise.reject(new Error('sunshine')), { withinMs: 5, everyMs: 1 });
  await expect(late).rejects.toThrow('Waited 0.005 s for rain; last: sunshine');
});

test('zero and the empty text are answers', async () => {
  expect(await until('a number', () => 0)).toBe(0);
  expect(await until('a text', () => '')).toBe('');
});

test('never fails as soon as it happens', async () => {
  await expect(never('snow', () => true, 1_000)).rejects.toThrow('It happened: snow');
  await never('snow', () => false, 2);
});
