import { expect, test } from 'vitest';
import { History, MAX_LINE_LENGTH, MAX_LINES } from './History.ts';

const line = (text: string) => ({ role: 'user', text }) as const;

test('a line stands where it was opened, however late its words come', () => {
  const history = new History();
  history.open('turn');
  history.put('reply', { role: 'assistant', text: 'Hello.' });
  expect(history.lines).toEqual([{ role: 'assistant', text: 'Hello.' }]);
  history.put('turn', line('Hi.'));
  history.open('turn');
  expect(history.lines.map(({ text }) => text)).toEqual(['Hi.', 'Hello.']);
  history.put('turn', line(' '));
  expect(history.lines).toHaveLength(1);
});

test('keeps the last lines, and no novels', () => {
  const history = new History();
  for (let i = 0; i < 100; i++) history.put(`${i}`, line(`${i}`));
  expect(history.lines).toHaveLength(MAX_LINES);
  expect(history.lines.at(0)?.text).toBe('60');
  expect(history.lines.at(-1)?.text).toBe('99');
  history.put('long', line('x'.repeat(100_000)));
  expect(history.lines.at(-1)?.text).toHaveLength(MAX_LINE_LENGTH);
});
