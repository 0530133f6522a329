import { expect, test } from 'vitest';
import type { Terminal } from '../terminal/Terminal.ts';
import { LogView } from './LogView.ts';

function view(level: string) {
  const lines: string[] = [];
  const nothing = () => undefined;
  const terminal: Terminal = {
    step: nothing,
    note: nothing,
    warn: nothing,
    progress: nothing,
    line: (text) => lines.push(text),
  };
  return { lines, view: new LogView({ terminal, colour: false, level }) };
}

const entry = (level: number, msg: string, more: object = {}) => ({ level, time: 0, msg, ...more });

test('shows what matters enough, with the process in front', () => {
  const { lines, view: shown } = view('warn');
  shown.show('hub', entry(30, 'hub ready'));
  shown.show('hub', entry(40, 'redis away', { connection: 'hub' }));
  expect(lines).toEqual([
    expect.stringMatching(/^hub {7}\[\d\d:\d\d:\d\d\] WARN: redis away \{"connection":"hub"\}$/),
  ]);
});

test('debug shows all, silent nothing', () => {
  const all = view('debug');
  all.view.show('mixer', entry(20, 'tick'));
  expect(all.lines).toHaveLength(1);
  const none = view('silent');
  none.view.show('mixer', entry(60, 'dead'));
  expect(none.lines).toEqual([]);
});

test('an error of several lines keeps its process on each', () => {
  const { lines, view: shown } = view('warn');
  shown.show(
    'mixer',
    entry(50, 'failed', { err: { type: 'Error', message: 'no', stack: 'Error: no\n    at x' } }),
  );
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line).toMatch(/^mixer {5}/);
});
