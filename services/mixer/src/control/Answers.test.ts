import { type CommandId, type ControlAnswer, newCommandId } from '@parley/contract';
import { expect, test } from 'vitest';
import { Answers } from './Answers.ts';

const answer = (id: CommandId): Promise<ControlAnswer> => Promise.resolve({ id, ok: true, data: {} });

test('remembers an answer for a minute', () => {
  let now = 0;
  const answers = new Answers(() => now);
  const id = newCommandId();
  const first = answer(id);
  answers.remember(id, first);
  expect(answers.get(id)).toBe(first);
  now = 60_001;
  const other = newCommandId();
  answers.remember(other, answer(other));
  expect(answers.get(id)).toBeUndefined();
  expect(answers.get(other)).toBeDefined();
});

test('is bounded: the oldest go first', () => {
  const answers = new Answers(() => 0);
  const ids = Array.from({ length: 5_010 }, newCommandId);
  for (const id of ids) answers.remember(id, answer(id));
  expect(ids.filter((id) => answers.get(id) === undefined)).toEqual(ids.slice(0, 10));
});
