import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isInstalled } from '../installed.mjs';
import { HELP } from './options.ts';

const root = join(import.meta.dirname, '../../..');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-door-'));
  await mkdir(join(folder, 'node_modules'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Package {
  version?: string;
  integrity?: string;
  optional?: boolean;
  link?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}
type Packages = Record<string, Package>;

async function check(wanted: Packages, found: Packages | undefined): Promise<boolean> {
  const write = (file: string, packages: Packages) =>
    writeFile(join(folder, file), JSON.stringify({ packages }));
  await write('package-lock.json', { '': {}, ...wanted });
  if (found) await write('node_modules/.package-lock.json', found);
  return isInstalled(folder);
}

const a = { version: '1.0.0', integrity: 'x' };

test('L1 what npm installed is compared with the lock file', async () => {
  const wanted = { 'node_modules/a': a, 'services/hub': {}, 'node_modules/@parley/hub': { link: true } };
  expect(await check(wanted, undefined)).toBe(false);
  expect(await check(wanted, {})).toBe(false);
  expect(await check(wanted, { 'node_modules/a': { ...a, version: '1.0.1' } })).toBe(false);
  expect(await check(wanted, { 'node_modules/a': { ...a, integrity: 'y' } })).toBe(false);
  expect(await check(wanted, { 'node_modules/a': a })).toBe(true);
});

test('packages of other platforms may be missing', async () => {
  const elsewhere = { 'node_modules/b': { ...a, os: ['aix'] }, 'node_modules/c': { ...a, cpu: ['s390x'] } };
  expect(await check(elsewhere, {})).toBe(true);
  expect(await check({ 'node_modules/b': { ...a, os: [process.platform] } }, {})).toBe(false);
  expect(await check({ 'node_modules/b': { ...a, os: ['!aix'] } }, {})).toBe(false);
  expect(await check({ 'node_modules/b': { ...a, optional: true } }, {})).toBe(true);
});

test('the lock file names the packages of every platform, without which npm ci refuses', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Packages;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isThere(packages, path, name)),
  );
  expect(missing).toEqual([]);
});

/** Node looks in every `node_modules` from the package upward. */
function isThere(packages: Packages, from: string, name: string): boolean {
  if (packages[from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`]) return true;
  if (from === '') return false;
  return isThere(packages, from.replace(/(^|\/)(node_modules\/(@[^/]+\/)?)?[^/]+$/, ''), name);
}

test('the help needs nothing installed', () => {
  const door = join(root, 'services/launcher/start.mjs');
  expect(execFileSync(process.execPath, [door, '--help'], { encoding: 'utf8' }).trimEnd()).toBe(HELP);
});
