import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimDataDir } from './claimDataDir.ts';
import { keptSecret } from './tokenSecret.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'parley-data-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('L7 the secret is made once, kept, and readable to its owner alone', async () => {
  const file = join(dir, 'sub/secret');
  const secret = await keptSecret(file);
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(await keptSecret(file)).toBe(secret);
  expect(await readFile(file, 'utf8')).toBe(`${secret}\n`);
  expect((await stat(file)).mode & 0o077).toBe(0);
});

test('L7 a secret that was cut short is not used', async () => {
  await writeFile(join(dir, 'secret'), 'abc\n');
  await expect(keptSecret(join(dir, 'secret'))).rejects.toThrow('Remove it to get a new one');
});

test('L3 a second Parley on one data folder is refused, with the address of the first', async () => {
  const claim = await claimDataDir(dir);
  await expect(claimDataDir(dir)).rejects.toThrow(`Parley is already running on ${dir}. Stop it first`);
  claim.address = 'http://localhost:3000';
  await expect(claimDataDir(dir)).rejects.toThrow('at http://localhost:3000');
  await claim.release();
  await (await claimDataDir(dir)).release();
});

test('L3 other folders are free', async () => {
  const claims = await Promise.all([claimDataDir(dir), claimDataDir(join(dir, 'other'))]);
  await Promise.all(claims.map((claim) => claim.release()));
});

test('L3 the claim of a killed Parley does not stay', async () => {
  const source = `
    import { claimDataDir } from ${JSON.stringify(join(import.meta.dirname, 'claimDataDir.ts'))};
    await claimDataDir(${JSON.stringify(dir)});
    console.log('claimed');
    setInterval(() => {}, 1e9);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  await expect(claimDataDir(dir)).rejects.toThrow('already running');
  other.kill('SIGKILL');
  await once(other, 'exit');
  await (await claimDataDir(dir)).release();
});
