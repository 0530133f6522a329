import { expect, test, vi } from 'vitest';
import { isAlive, programs } from '../testing/programs.ts';
import { CommandFailed, runCommand } from './runCommand.ts';

const node = process.execPath;

test('gives each line of both outputs', async () => {
  const lines: string[] = [];
  await runCommand(node, ['-e', 'console.log("a\\n\\nb"); console.error("c")'], {
    onLine: (line) => lines.push(line),
  });
  expect(lines.sort()).toEqual(['a', 'b', 'c']);
});

test('a failure carries the code and the last lines', async () => {
  const failed = runCommand(node, programs.failing);
  await expect(failed).rejects.toThrow(CommandFailed);
  await expect(failed).rejects.toThrow(/ended with code 3\n {4}cannot$/);
});

test('a command that is not there is named', async () => {
  await expect(runCommand('no-such-command', [])).rejects.toThrow('no-such-command is not installed');
});

test('a deadline kills it', async () => {
  await expect(runCommand(node, programs.stubborn, { deadlineMs: 300 })).rejects.toThrow('longer than 0.3 s');
});

test('aborting kills it and what it started, and gives the reason', async () => {
  const stop = new AbortController();
  let child = 0;
  const running = runCommand(node, programs.parent, {
    signal: stop.signal,
    onLine: (line) => {
      child = Number(line.split(' ')[1]);
      stop.abort(new Error('given up'));
    },
  });
  await expect(running).rejects.toThrow('given up');
  await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 30_000 });
});

test('does not begin when it is given up before', async () => {
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(runCommand(node, programs.failing, { signal })).rejects.toThrow('too late');
});
