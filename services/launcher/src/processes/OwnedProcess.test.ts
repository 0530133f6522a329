import { expect, test, vi } from 'vitest';
import { isAlive, programs } from '../testing/programs.ts';
import { OwnedProcess } from './OwnedProcess.ts';

/** Starts a program and waits for a line of it. */
async function start(args: readonly string[], line: RegExp) {
  const lines: string[] = [];
  const seen = Promise.withResolvers<RegExpExecArray>();
  const owned = await OwnedProcess.start({
    command: process.execPath,
    args,
    env: process.env,
    onLine: (text) => {
      lines.push(text);
      const match = line.exec(text);
      if (match) seen.resolve(match);
    },
  });
  return { owned, lines, match: await seen.promise };
}

test('stops politely and gives its last line', async () => {
  const { owned, lines } = await start(programs.polite, /ready/);
  expect(owned.running).toBe(true);
  expect(await owned.stop(10_000)).toEqual({ code: 0, signal: null });
  expect(lines).toEqual(['ready', 'bye']);
  expect(owned.running).toBe(false);
});

test('stopping twice is harmless', async () => {
  const { owned } = await start(programs.polite, /ready/);
  await Promise.all([owned.stop(10_000), owned.stop(10_000)]);
  expect(await owned.stop(1)).toEqual({ code: 0, signal: null });
});

test('is killed when it does not end in time', async () => {
  const { owned } = await start(programs.stubborn, /ready/);
  expect(await owned.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
});

test('L6 what it started ends with it', async () => {
  const { owned, match } = await start(programs.parent, /child (\d+)/);
  const child = Number(match[1]);
  expect(isAlive(child)).toBe(true);
  await owned.stop(10_000);
  await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 30_000 });
});

test('L6 also when it dies by itself', async () => {
  const { owned, match } = await start(programs.parent, /child (\d+)/);
  process.kill(owned.pid, 'SIGKILL');
  expect(await owned.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await vi.waitFor(() => expect(isAlive(Number(match[1]))).toBe(false), { timeout: 30_000 });
});

test('a program that is not there is an error at once', async () => {
  const starting = OwnedProcess.start({
    command: '/no/such/program',
    args: [],
    env: {},
    onLine: () => undefined,
  });
  await expect(starting).rejects.toThrow('ENOENT');
});
