import { spawn } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { folderSize } from '../contained/folderSize.ts';

export interface Program {
  name: string;
  version: string;
  /** Of npm. */
  package: string;
  /** Unpacked, for the words. */
  megabytes: number;
}

/** It could not be brought. The message says what to do. */
export class InstallError extends Error {
  override name = 'InstallError';
}

const TELL_MS = 5_000;
const DEADLINE_MS = 15 * 60_000;
const TAIL = 1_500;
const cacheOf = (half: string) => `${half}.npm`;

/** Where a program is kept: one folder for each version and kind of machine, outside of every checkout. */
export function programFolder(cacheDir: string, { package: name, version }: Program): string {
  const plain = name.replaceAll(/[^a-z0-9-]+/g, '-').replace(/^-/, '');
  return join(cacheDir, 'code-agents', `${plain}-${version}-${process.platform}-${process.arch}`);
}

/**
 * Brings an npm package with all that belongs to it into the cache, unless it is there. Half a download is never seen: it
 * is moved into place when it is whole. Scripts of packages do not run. Rejects with InstallError or the signal's reason.
 */
export async function installProgram(
  cacheDir: string,
  program: Program,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const folder = programFolder(cacheDir, program);
  if (await isThere(folder, program)) return folder;
  tell(`Bringing ${program.name} ${program.version}, about ${program.megabytes} MB, once per machine`);
  await mkdir(dirname(folder), { recursive: true });
  const half = await mkdtemp(`${folder}.`);
  const began = Date.now();
  const timer = setInterval(() => {
    folderSize(half, Infinity).then(
      (bytes) => tell(`${Math.round(bytes / 1e6)} MB of about ${program.megabytes} MB`),
      () => undefined, // it is moved away just now
    );
  }, TELL_MS);
  try {
    await npmInstall(half, program, signal);
    if (!(await isThere(half, program)))
      throw new InstallError(`npm ended well, but ${program.package} is not there.`);
    await chmod(half, 0o755); // agents may run as another user
    await rename(half, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder, program))) throw error; // somebody else was faster
    });
    tell(`${program.name} is there after ${Math.round((Date.now() - began) / 1000)} s`);
    return folder;
  } finally {
    clearInterval(timer);
    await rm(half, { recursive: true, force: true });
    await rm(cacheOf(half), { recursive: true, force: true });
  }
}

async function isThere(folder: string, program: Program): Promise<boolean> {
  try {
    await access(join(folder, 'node_modules', program.package, 'package.json'));
    return true;
  } catch {
    return false;
  }
}

async function npmInstall(prefix: string, program: Program, signal: AbortSignal): Promise<void> {
  const args = [
    'install',
    `--prefix=${prefix}`,
    // The home folder may be read-only, and nothing else wants what this brings.
    `--cache=${cacheOf(prefix)}`,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    `${program.package}@${program.version}`,
  ];
  const child = spawn('npm', args, {
    cwd: prefix,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    killSignal: 'SIGKILL',
  });
  let tail = '';
  child.stderr.on('data', (data: Buffer) => {
    tail = (tail + data.toString('utf8')).slice(-TAIL);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new InstallError(wordsFor(program, error instanceof Error ? error.message : String(error)), {
      cause: error,
    });
  });
  if (code !== 0) throw new InstallError(wordsFor(program, lastErrors(tail)));
}

const lastErrors = (tail: string) =>
  tail
    .split('\n')
    .filter((line) => /^npm (error|ERR!)/.test(line) && !/A complete log/.test(line))
    .slice(0, 4)
    .join(' ');

const wordsFor = (program: Program, why: string) =>
  `${program.name} could not be brought: it comes from the npm registry (${program.package}@${program.version}, ` +
  `about ${program.megabytes} MB) on first use. With a network, try again. npm said: ${why || 'nothing'}`;
