import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withLock } from './lock.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'parley-lock-'));
  path = join(dir, 'sub/lock');
});
afterEach(() => rm(dir, { recursive: true }));

test('only one works at a time, the others are told once and follow', async () => {
  let inside = 0;
  let most = 0;
  const onWait = vi.fn();
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise(setImmediate);
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock(path, work, { onWait })));
  expect(most).toBe(1);
  expect(onWait.mock.calls.length).toBeLessThanOrEqual(2);
  expect(existsSync(path)).toBe(false);
});

test('a failure gives the lock back', async () => {
  await expect(withLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(existsSync(path)).toBe(false);
});

test('the lock of a dead holder is taken over', async () => {
  await withLock(path, () => Promise.resolve());
  await writeFile(path, '1\n');
  const old = new Date(Date.now() - 60_000);
  await utimes(path, old, old);
  await expect(withLock(path, () => Promise.resolve('mine'))).resolves.toBe('mine');
});

test('a living holder is not: its file stays young', async () => {
  const staleMs = 1_000;
  const entered = Promise.withResolvers<void>();
  const leave = Promise.withResolvers<void>();
  const holder = withLock(path, () => (entered.resolve(), leave.promise), { staleMs });
  await entered.promise;
  const { mtimeMs: first } = await stat(path);
  await vi.waitFor(async () => expect((await stat(path)).mtimeMs).toBeGreaterThan(first + staleMs), {
    timeout: 30_000,
  });
  let second = false;
  const other = withLock(path, () => Promise.resolve((second = true)), { staleMs });
  expect(second).toBe(false);
  leave.resolve();
  await Promise.all([holder, other]);
  expect(second).toBe(true);
});

test('whoever waits can give up', async () => {
  const stop = new AbortController();
  await withLock(path, async () => {
    const waiting = withLock(path, () => Promise.resolve(), {
      signal: stop.signal,
      onWait: () => stop.abort(new Error('enough')),
    });
    await expect(waiting).rejects.toThrow();
  });
});
