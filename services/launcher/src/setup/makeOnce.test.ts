import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScreenTerminal } from '../terminal/Terminal.ts';
import { hashFiles } from './hashFiles.ts';
import { makeOnce } from './stamp.ts';

let root: string;
let screen: PassThrough;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-make-'));
  screen = new PassThrough({ encoding: 'utf8' });
});
afterEach(() => rm(root, { recursive: true }));

const setup = () => ({
  root,
  env: {},
  terminal: new ScreenTerminal({ stream: screen, rich: false, columns: () => 80 }),
  signal: new AbortController().signal,
});
const made = (key: string, make: () => Promise<void>) => ({
  stamp: join(root, 'out/made-from'),
  key,
  step: 'Making it',
  make,
});

test('L1 what is made is not made again, and says nothing', async () => {
  const make = vi.fn(() => Promise.resolve());
  await makeOnce(setup(), made('a', make));
  expect(String(screen.read())).toContain('Making it');
  await makeOnce(setup(), made('a', make));
  expect(make).toHaveBeenCalledTimes(1);
  expect(screen.read()).toBeNull();
  await makeOnce(setup(), made('b', make));
  expect(make).toHaveBeenCalledTimes(2);
});

test('what failed is made again', async () => {
  await expect(
    makeOnce(
      setup(),
      made('a', () => Promise.reject(new Error('broken'))),
    ),
  ).rejects.toThrow('broken');
  const make = vi.fn(() => Promise.resolve());
  await makeOnce(setup(), made('a', make));
  expect(make).toHaveBeenCalledTimes(1);
});

test('two at once make it once', async () => {
  const make = vi.fn(() => Promise.resolve());
  await Promise.all([makeOnce(setup(), made('a', make)), makeOnce(setup(), made('a', make))]);
  expect(make).toHaveBeenCalledTimes(1);
});

test('a hash sees contents and names, not what is installed, generated or a test', async () => {
  const write = async (path: string, text: string) => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
    return hashFiles(root, ['web', 'lock.json']);
  };
  await write('lock.json', '{}').catch(() => undefined);
  const first = await write('web/app/page.tsx', 'a');
  for (const path of ['web/node_modules/x.js', 'web/.next/y', 'web/next-env.d.ts', 'web/app/page.test.tsx'])
    expect(await write(path, 'b')).toBe(first);
  expect(await write('web/app/page.tsx', 'b')).not.toBe(first);
  expect(await write('web/app/page.tsx', 'a')).toBe(first);
  expect(await write('lock.json', '{ }')).not.toBe(first);
  await write('lock.json', '{}');
  expect(await write('web/app/other.tsx', 'a')).not.toBe(first);
});
