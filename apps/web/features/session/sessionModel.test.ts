import { expect, test } from 'vitest';
import { attemptOf, stepLink, type LinkState } from './sessionModel.ts';

const lost = { type: 'lost', retryAt: 9_000, problem: null } as const;
const walk = (...steps: Parameters<typeof stepLink>[1][]) =>
  steps.reduce<LinkState>(stepLink, { at: 'joining' });

test('attempts are counted until the link is live again', () => {
  expect(walk(lost)).toEqual({ at: 'waiting', attempt: 1, retryAt: 9_000, problem: null });
  expect(walk(lost, { type: 'retry' })).toEqual({ at: 'retrying', attempt: 1 });
  expect(attemptOf(walk(lost, { type: 'retry' }, lost))).toBe(2);
  expect(attemptOf(walk(lost, { type: 'retry' }, { type: 'joined' }, lost))).toBe(1);
});

test('only a link that waits can be tried again', () => {
  expect(walk({ type: 'joined' }, { type: 'retry' })).toEqual({ at: 'live' });
});

test('over is final', () => {
  const over = { type: 'over', over: { why: 'left' } } as const;
  expect(
    walk({ type: 'joined' }, over, lost, { type: 'joined' }, { type: 'over', over: { why: 'replaced' } }),
  ).toEqual({
    at: 'over',
    over: { why: 'left' },
  });
});
