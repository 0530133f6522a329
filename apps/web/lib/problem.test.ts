import { AppError, ERROR_STATUS, type ErrorCode } from '@parley/contract';
import { expect, test } from 'vitest';
import { describeProblem, Unreachable } from './problem.ts';

test.each(Object.keys(ERROR_STATUS) as ErrorCode[])('%s has words', (code) => {
  const problem = describeProblem(new AppError(code, 'The hub says so.'));
  expect(problem.title.length * problem.text.length).toBeGreaterThan(0);
});

test('why no voice server is free, the server says itself', () => {
  const full = 'Every voice server is full. Try again when a session has ended.';
  const problem = { title: 'No voice server is free right now', retry: true };
  expect(describeProblem(new AppError('no-mixer', full))).toEqual({ ...problem, text: full });
  expect(describeProblem(new AppError('no-mixer', ''))).toMatchObject(problem);
  expect(describeProblem(new AppError('no-mixer', '')).text).toContain('Try again');
});

test('a server that does not answer, and a page that is wrong, are told apart', () => {
  expect(describeProblem(new Unreachable()).title).toBe('Parley cannot be reached');
  expect(describeProblem(new TypeError('x is undefined')).text).not.toContain('undefined');
});
