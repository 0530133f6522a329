import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../processes/runCommand.ts';
import { ninjaFile } from './ninjaFile.ts';
import type { Setup } from './Setup.ts';
import type { PackageWish } from './systemPackages.ts';
import { commonSources, PATCHED_SOURCE, patchDtlsTransport } from './workerSources.ts';

export const WORKER_PACKAGES: PackageWish = {
  purpose: "to build mediasoup's worker",
  packages: [
    'g++',
    'ninja-build',
    'libuv1-dev',
    'libssl-dev',
    'libsrtp2-dev',
    'flatbuffers-compiler',
    'libflatbuffers-dev',
  ],
};

/** One compiler at -O3 takes up to this much memory on the larger files. */
const COMPILER_BYTES = 1.2 * 2 ** 30;

export interface DebianBuild {
  /** `worker/` of the installed mediasoup package. It is only read. */
  workerSource: string;
  /** Our headers that stand for libraries which Debian lacks. */
  shims: string;
  /** Kept when the build is interrupted, so that the next one goes on from there. */
  buildDir: string;
}

/** Builds mediasoup's worker with Debian's compiler and libraries; returns the path of the program in `buildDir`. */
export async function buildWithDebian({ terminal, env, signal }: Setup, build: DebianBuild): Promise<string> {
  const { workerSource, shims, buildDir } = build;
  await mkdir(buildDir, { recursive: true });
  const source = join(buildDir, 'source');
  const copy = { recursive: true, preserveTimestamps: true };
  for (const part of ['src', 'include', 'fbs'])
    await cp(join(workerSource, part), join(source, part), {
      ...copy,
      filter: (path) => !path.endsWith(PATCHED_SOURCE),
    });
  await cp(shims, join(buildDir, 'shims'), copy);
  const patched = patchDtlsTransport(await readFile(join(workerSource, PATCHED_SOURCE), 'utf8'));
  await writeIfNew(join(source, PATCHED_SOURCE), patched);
  const schemas = (await readdir(join(source, 'fbs'))).filter((name) => name.endsWith('.fbs')).sort();
  const sources = commonSources(await readFile(join(workerSource, 'meson.build'), 'utf8'));
  await writeIfNew(join(buildDir, 'build.ninja'), ninjaFile({ sources, schemas }));
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / COMPILER_BYTES)));
  const program = join(buildDir, 'mediasoup-worker');
  await rm(program, { force: true });
  await runCommand('ninja', ['-C', buildDir, '-j', String(jobs)], {
    env: { ...env, NINJA_STATUS: '[%f/%t] ' },
    onLine: (line) => terminal.progress(line),
    signal,
  });
  return program;
}

/** An unchanged file keeps its time, so that ninja does not build again what depends on it. */
async function writeIfNew(path: string, text: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== text) await writeFile(path, text);
}
