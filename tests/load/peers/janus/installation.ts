import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '@parley/launcher/processes/runCommand';
import { findProgram } from '@parley/launcher/servers/binaries';
import { cacheDir } from '@parley/launcher/setup/cacheDir';
import { type Setup, SetupError } from '@parley/launcher/setup/Setup';
import { installCommand, isDebian } from '@parley/launcher/setup/systemPackages';

export interface JanusInstallation {
  program: string;
  /** Has `plugins` and `transports`. */
  modules: string;
  /** Where its libraries are, if not where the system looks. */
  libraries: string | undefined;
}

const DEADLINE_MS = 120_000;

/**
 * Janus from the system, else Debian's package unpacked into the cache, which needs no root and installs nothing. Throws
 * SetupError with what to do when there is neither.
 */
export async function findJanus(setup: Setup): Promise<JanusInstallation> {
  const installed = findProgram(['janus'], setup.env['PATH'] ?? '');
  if (installed) {
    const modules = await modulesBelow(dirname(dirname(installed)));
    if (modules) return { program: installed, modules, libraries: undefined };
  }
  const root = join(cacheDir(setup.env), 'janus');
  if (!(await unpacked(root))) await unpack(setup, root);
  const found = await unpacked(root);
  if (found) return found;
  throw new SetupError(`There is no Janus with AudioBridge in ${root}. Delete that folder and try again.`);
}

async function unpacked(root: string): Promise<JanusInstallation | undefined> {
  const program = join(root, 'usr/bin/janus');
  const modules = await modulesBelow(join(root, 'usr'));
  return modules && existsSync(program) ? { program, modules, libraries: dirname(modules) } : undefined;
}

/** `lib/janus`, or Debian's `lib/<architecture>/janus`. */
async function modulesBelow(prefix: string): Promise<string | undefined> {
  const lib = join(prefix, 'lib');
  const names = await readdir(lib).catch(() => []);
  return ['', ...names]
    .map((name) => join(lib, name, 'janus'))
    .find((path) => existsSync(join(path, 'plugins/libjanus_audiobridge.so')));
}

/** The package and what of its dependencies is not installed. */
async function unpack(setup: Setup, root: string): Promise<void> {
  const packages = ['janus'];
  const advice = `Install it (${installCommand(packages)}), or leave this comparison out: it is no part of npm test.`;
  if (!isDebian()) throw new SetupError(`The comparison needs Janus with its AudioBridge plugin. ${advice}`);
  setup.terminal.step(`Unpacking Debian's janus into ${root}`);
  const part = `${root}.part`;
  const debs = join(part, 'debs');
  const options = {
    cwd: debs,
    deadlineMs: DEADLINE_MS,
    signal: setup.signal,
    env: { ...setup.env, LC_ALL: 'C' },
  };
  try {
    await rm(part, { recursive: true, force: true });
    await mkdir(debs, { recursive: true });
    const plan: string[] = [];
    const simulate = ['install', '--simulate', '--no-install-recommends', ...packages];
    await runCommand('apt-get', simulate, { ...options, onLine: (line) => plan.push(line) });
    await runCommand('apt-get', ['download', ...wantedBy(plan)], options);
    for (const name of await readdir(debs)) await runCommand('dpkg', ['-x', join(debs, name), part], options);
    await rm(debs, { recursive: true });
    await rm(root, { recursive: true, force: true });
    await rename(part, root);
  } catch (error) {
    setup.signal.throwIfAborted();
    await rm(part, { recursive: true, force: true });
    throw new SetupError(`Debian's janus could not be fetched. ${advice}`, { cause: error });
  }
}

/** `Inst libnice10 (0.1.21-1 Debian:12 [amd64])`: what apt-get would install. */
export function wantedBy(plan: readonly string[]): string[] {
  return plan.flatMap((line) => /^Inst (\S+)/.exec(line)?.[1] ?? []);
}
