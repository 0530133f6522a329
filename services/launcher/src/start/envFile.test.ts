import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleKeys, readEnvironment } from './envFile.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-env-'));
  await writeFile(join(root, '.env.example'), '# Words.\n# PORT=3000\n# HOST=\n');
});
afterEach(() => rm(root, { recursive: true }));

test('without a file it is what is given', async () => {
  expect(await readEnvironment(root, { PORT: '1' })).toEqual({ env: { PORT: '1' }, unknown: [] });
});

test('the environment wins over the file, empty values count as absent', async () => {
  await writeFile(join(root, '.env'), 'PORT=2\nHOST=h\n');
  expect((await readEnvironment(root, { PORT: '1', HOST: '' })).env).toEqual({ PORT: '1', HOST: 'h' });
  expect((await readEnvironment(root, { EMPTY: '' })).env).toEqual({ PORT: '2', HOST: 'h' });
});

test('L9 a key of the file that nobody reads is told', async () => {
  await writeFile(join(root, '.env'), 'PROT=2\n');
  expect((await readEnvironment(root, {})).unknown).toEqual(['PROT']);
});

test('L9 the example names keys behind a hash', () => {
  expect(exampleKeys('# PORT=3000\n#HOST=\n# a sentence with A=B\n# KEY_2=\nPLAIN=1\n')).toEqual([
    'PORT',
    'KEY_2',
    'PLAIN',
  ]);
});
