import { expect, test } from 'vitest';
import { History, MAX_CHARACTERS, MAX_LINE_LENGTH, MAX_LINES } from './History.ts';

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

test('M105 a new link is told the last lines word for word, and of the others the first words', () => {
  const history = new History();
  for (let i = 0; i < 100; i++) history.put(`${i}`, line(`Line ${i} ${'x'.repeat(200)}`));
  expect(history.older).toHaveLength(100 - MAX_LINES);
  const { items, replayed, summarised } = history.replay('summary');
  expect([replayed, summarised]).toEqual([MAX_LINES, 80]);
  expect(items[0]).toMatchObject({ id: 'summary', role: 'system' });
  expect(items[0]?.text).toContain('Line 79 xx');
  expect(items[0]?.text).not.toContain('Line 0 ');
  expect(items[0]?.text.length).toBeLessThan(4_100);
  expect(items.slice(1).map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => `${80 + i}`));
});

test('M105 long lines: fewer of them, and no novels', () => {
  const history = new History();
  for (let i = 0; i < 10; i++) history.put(`${i}`, line('x'.repeat(100_000)));
  expect(history.lines.at(-1)?.text).toHaveLength(MAX_LINE_LENGTH);
  expect(history.replay('summary').replayed).toBe(MAX_CHARACTERS / MAX_LINE_LENGTH);
});

test('M105 a summary stands for what it was made of, and for the one before', () => {
  const history = new History();
  for (let i = 0; i < 25; i++) history.put(`${i}`, line(`${i}`));
  history.fold(history.older, 'They counted.');
  for (let i = 25; i < 27; i++) history.put(`${i}`, line(`${i}`));
  const { items, replayed, summarised } = history.replay('summary');
  expect(items[0]?.text).toBe('What was said before, in short:\nThey counted.\n5\n6');
  expect([replayed, summarised]).toEqual([20, 7]);
});

test('what may still change is told only when it must be', () => {
  const history = new History();
  history.put('reply', { role: 'assistant', text: 'A long answer.' }, false);
  expect(history.unsettled).toBe(true);
  expect(history.items(false)).toEqual([]);
  expect(history.items(true)).toHaveLength(1);
  history.put('reply', { role: 'assistant', text: 'A long answer.' });
  expect(history.items(false)).toHaveLength(1);
  expect(history.unsettled).toBe(false);
});
