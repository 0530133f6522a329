import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { ScreenTerminal } from '@parley/launcher/terminal/Terminal';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findJanus, wantedBy } from './installation.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'parley-janus-'));
});
afterEach(() => rm(home, { recursive: true }));

const setup = (env: NodeJS.ProcessEnv) => ({
  root: home,
  env,
  terminal: new ScreenTerminal({ stream: new PassThrough(), rich: false, columns: () => 80 }),
  signal: new AbortController().signal,
});
const write = async (path: string, mode = 0o644) => {
  await mkdir(join(home, path, '..'), { recursive: true });
  await writeFile(join(home, path), '', { mode });
};

test('what is installed is taken, with its modules', async () => {
  await write('bin/janus', 0o755);
  await write('lib/x86_64-linux-gnu/janus/plugins/libjanus_audiobridge.so');
  expect(await findJanus(setup({ PATH: join(home, 'bin'), PARLEY_CACHE_DIR: home }))).toEqual({
    program: join(home, 'bin/janus'),
    modules: join(home, 'lib/x86_64-linux-gnu/janus'),
    libraries: undefined,
  });
});

test('else what was unpacked before, with its libraries', async () => {
  await write('janus/usr/bin/janus', 0o755);
  await write('janus/usr/lib/aarch64-linux-gnu/janus/plugins/libjanus_audiobridge.so');
  expect(await findJanus(setup({ PATH: '', PARLEY_CACHE_DIR: home }))).toEqual({
    program: join(home, 'janus/usr/bin/janus'),
    modules: join(home, 'janus/usr/lib/aarch64-linux-gnu/janus'),
    libraries: join(home, 'janus/usr/lib/aarch64-linux-gnu'),
  });
});

test('where it cannot be fetched it is said what to do', async () => {
  const finding = findJanus(setup({ PATH: '', PARLEY_CACHE_DIR: home }));
  await expect(finding).rejects.toThrow(/sudo apt-get install -y janus.*no part of npm test/);
});

test('what apt-get would install is read from its plan', () => {
  const plan = [
    'NOTE: This is only a simulation!',
    'Inst libnice10 (0.1.21-1 Debian:12.15/oldstable [amd64])',
    'Inst janus (1.1.2-1 Debian:12.15/oldstable [amd64])',
    'Conf janus (1.1.2-1 Debian:12.15/oldstable [amd64])',
  ];
  expect(wantedBy(plan)).toEqual(['libnice10', 'janus']);
});
