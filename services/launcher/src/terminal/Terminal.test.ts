import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ScreenTerminal } from './Terminal.ts';

function screen(rich: boolean) {
  const stream = new PassThrough({ encoding: 'utf8' });
  let now = 0;
  const terminal = new ScreenTerminal({ stream, rich, columns: () => 20 }, () => now);
  return { terminal, read: () => String(stream.read() ?? ''), pass: (ms: number) => (now += ms) };
}

test('where nothing can be redrawn, progress is thinned out and plain', () => {
  const { terminal, read, pass } = screen(false);
  terminal.step('Building');
  terminal.progress('[1/3]');
  terminal.progress('[2/3]');
  pass(5_000);
  terminal.progress('[3/3]');
  terminal.warn('slow');
  expect(read()).toBe('▸ Building\n  [1/3]\n  [3/3]\n! slow\n');
});

test('each step shows its first progress at once', () => {
  const { terminal, read } = screen(false);
  terminal.progress('a');
  terminal.step('b');
  terminal.progress('c');
  expect(read()).toBe('  a\n▸ b\n  c\n');
});

test('on a terminal a progress line is replaced, also by the next line, and fits', () => {
  const { terminal, read } = screen(true);
  terminal.progress('a very long line of progress');
  terminal.note('done');
  expect(read()).toBe('\r\u001B[2K  \u001B[2ma very long line…\u001B[0m\r\u001B[2K  done\n');
});
