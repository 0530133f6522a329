import { expect, test } from 'vitest';
import { Instructions } from './Instructions.ts';

test('T5 each reader hears all, in order, and the end', async () => {
  const instructions = new Instructions();
  instructions.push('a');
  const heard: string[] = [];
  const reading = (async () => {
    for await (const text of instructions) heard.push(text);
  })();
  await Promise.resolve();
  instructions.push('b');
  instructions.close();
  await reading;
  expect(heard).toEqual(['a', 'b']);
  const again: string[] = [];
  for await (const text of instructions) again.push(text);
  expect(again).toEqual(['a', 'b']);
});
