import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScreenTerminal } from '../terminal/Terminal.ts';
import { workerCachePath, ensureMediasoupWorker } from './mediasoupWorker.ts';
import { PassThrough } from 'node:stream';

let root: string;
let screen: PassThrough;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-worker-'));
  screen = new PassThrough({ encoding: 'utf8' });
  await mkdir(join(root, 'node_modules/mediasoup'), { recursive: true });
  await writeFile(join(root, 'node_modules/mediasoup/package.json'), '{"version":"1.2.3"}');
});
afterEach(() => rm(root, { recursive: true }));

const setup = (env: NodeJS.ProcessEnv) => ({
  root,
  env: { ...env, PARLEY_CACHE_DIR: join(root, 'cache') },
  terminal: new ScreenTerminal({ stream: screen, rich: false, columns: () => 80 }),
  signal: new AbortController().signal,
});

/** Answers as a worker does that was started by hand, with 41, or not. */
async function program(path: string, code = 41): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n[ -z "$MEDIASOUP_VERSION" ] || exit 0\nexit ${code}\n`);
  await chmod(path, 0o755);
  return path;
}

const own = () => join(root, 'node_modules/mediasoup/worker/out/Release/mediasoup-worker');
const cached = () =>
  workerCachePath({ PARLEY_CACHE_DIR: join(root, 'cache') }, join(root, 'node_modules/mediasoup'));

test('L2 the one that is named comes first', async () => {
  await program(own());
  const named = await program(join(root, 'named'));
  expect(await ensureMediasoupWorker(setup({ MEDIASOUP_WORKER_BIN: named }))).toBe(named);
});

test('L2 one that is named and does not run is an error, not passed over', async () => {
  await program(own());
  const broken = await program(join(root, 'broken'), 127);
  await expect(ensureMediasoupWorker(setup({ MEDIASOUP_WORKER_BIN: broken }))).rejects.toThrow(
    /does not run here/,
  );
});

test("L2 the package's own comes before the cache", async () => {
  await program(own());
  await program(await cached());
  expect(await ensureMediasoupWorker(setup({}))).toBe(own());
});

test('L1 L2 a cached one is taken without a word; one that does not run is passed over', async () => {
  await program(own(), 127);
  const path = await program(await cached());
  expect(await ensureMediasoupWorker(setup({}))).toBe(path);
  expect(screen.read()).toBeNull();
});

test('the cache tells releases, platforms and C libraries apart', async () => {
  expect(await cached()).toContain(`1.2.3-${process.platform}-${process.arch}-`);
});
