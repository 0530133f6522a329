import { SILENCE_DBOV } from '@parley/contract';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LevelBoard } from './LevelBoard.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('whoever is missing is silent', () => {
  const board = new LevelBoard();
  board.set({ a: -20.4, b: -30 });
  board.set({ a: -20 });
  expect([board.get('a'), board.get('b'), board.get('never')]).toEqual([-20, SILENCE_DBOV, SILENCE_DBOV]);
  board.close();
});

test('a change is told to those who watch this voice, and to nobody else', () => {
  const board = new LevelBoard();
  const [a, b] = [vi.fn(), vi.fn()];
  const stop = board.watch('a', a);
  board.watch('b', b);
  board.set({ a: -20 });
  board.set({ a: -20.3 });
  expect([a.mock.calls.length, b.mock.calls.length]).toEqual([1, 0]);
  stop();
  board.set({ a: -10 });
  expect(a).toHaveBeenCalledTimes(1);
  board.close();
});

test('old levels fall silent', () => {
  const board = new LevelBoard();
  board.set({ a: -20 });
  vi.advanceTimersByTime(600);
  expect(board.get('a')).toBe(SILENCE_DBOV);
});

test('closed, it tells nobody anything', () => {
  const board = new LevelBoard();
  const watcher = vi.fn();
  board.watch('a', watcher);
  board.set({ a: -20 });
  board.close();
  vi.advanceTimersByTime(600);
  expect(watcher).toHaveBeenCalledTimes(1);
});
