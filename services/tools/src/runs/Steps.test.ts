import { MAX_STEP_TEXT, MAX_STEPS } from '@parley/contract';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Steps, type ToldStep } from './Steps.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function some() {
  const told: ToldStep[] = [];
  const steps = new Steps({ tell: async (step) => void told.push(step) });
  return { steps, told, texts: () => told.map(({ step }) => step.text) };
}

test('T9 the first is told at once, the others ten a second', async () => {
  const { steps, texts } = some();
  for (const text of ['a', 'b', 'c']) steps.add({ kind: 'tool', text });
  await vi.advanceTimersByTimeAsync(0);
  expect(texts()).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(99);
  expect(texts()).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(1);
  expect(texts()).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(100);
  expect(texts()).toEqual(['a', 'b', 'c']);
});

test('T9 words of one agent become one step; of two, and with a detail, they do not', async () => {
  const { steps, told } = some();
  steps.add({ kind: 'tool', text: 'first' });
  for (const agent of ['x', 'x', 'y']) steps.add({ kind: 'message', agent, text: `by ${agent}` });
  steps.add({ kind: 'message', agent: 'y', text: 'more', detail: 'long' });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.map(({ index, step }) => [index, step.text])).toEqual([
    [1, 'first'],
    [2, 'by x\nby x'],
    [3, 'by y'],
    [4, 'more'],
  ]);
});

test('T9 texts are cut between characters', async () => {
  const { steps, texts } = some();
  steps.add({ kind: 'note', text: `${'x'.repeat(MAX_STEP_TEXT - 2)}👋👋` });
  await steps.flush();
  expect(texts()[0]).toBe(`${'x'.repeat(MAX_STEP_TEXT - 2)}…`);
});

test('T9 when too many wait the oldest words go, not what was changed', async () => {
  const { steps, texts } = some();
  steps.add({ kind: 'file', text: 'a file' });
  for (let count = 0; count < 60; count += 1) {
    steps.add({ kind: 'note', agent: `${count}`, text: `note ${count}` });
    steps.add({ kind: 'file', text: `file ${count}` });
  }
  await steps.flush();
  expect(texts().filter((text) => text.startsWith('file')).length).toBeGreaterThanOrEqual(50);
  expect(steps.uncounted).toBeGreaterThan(50);
});

test('T9 after 300 they are counted only', async () => {
  const { steps, told } = some();
  for (let count = 0; count < 310; count += 1) {
    steps.add({ kind: 'tool', text: `${count}` });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(told.at(-1)?.index).toBe(MAX_STEPS);
  expect([told.length, steps.uncounted]).toEqual([MAX_STEPS, 10]);
});

test('a flush waits for nothing; costs only grow', async () => {
  const { steps, told } = some();
  steps.spent(0.5);
  steps.spent(0.2);
  steps.spent(Number.NaN);
  for (const text of ['a', 'b', 'c']) steps.add({ kind: 'tool', text });
  await steps.flush();
  expect(told.map(({ costUsd }) => costUsd)).toEqual([0.5, 0.5, 0.5]);
});
