import { expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { Troubles } from './Troubles.ts';

const trouble = (code: string) => ({ source: 'provider', code, message: 'Too fast.' }) as const;

test('the same trouble is told once in 10 s, with a count', () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const troubles = new Troubles(clock, ({ code, message }) => told.push(`${code}: ${message}`));
  for (let i = 0; i < 5; i++) troubles.raise(trouble('rate'));
  troubles.raise(trouble('other'));
  expect(told).toEqual(['rate: Too fast.', 'other: Too fast.']);
  clock.turn(10_000);
  troubles.raise(trouble('rate'));
  expect(told.at(-1)).toBe('rate: Too fast. (and 4 more times)');
});

test('a provider gone mad does not flood the room', () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const troubles = new Troubles(clock, ({ code }) => told.push(code));
  for (let i = 0; i < 10_000; i++) troubles.raise(trouble(`c${i}`));
  expect(told).toHaveLength(10);
  clock.turn(10_000);
  troubles.raise(trouble('c0'));
  expect(told).toHaveLength(11);
});
