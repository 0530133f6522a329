import { existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { runCommand } from '../processes/runCommand.ts';
import { SetupError, type Setup } from './Setup.ts';

/** A set of Debian packages and what it is for, in words: "to build mediasoup's worker". */
export interface PackageWish {
  purpose: string;
  packages: readonly string[];
}

const APT_DEADLINE_MS = 15 * 60_000;

/** True where Debian's package tools are: Debian, Ubuntu and their like. */
export function isDebian(): boolean {
  return existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-query');
}

/** The packages of `wanted` that dpkg does not report as installed. */
export function missingPackages(wanted: readonly string[], query: typeof dpkgQuery = dpkgQuery): string[] {
  const installed = new Set(
    query(wanted)
      .split('\n')
      .filter((line) => line.endsWith(' ii'))
      .map((line) => line.replace(/:.*| .*/, '')),
  );
  return wanted.filter((name) => !installed.has(name));
}

/** The one line that a person can copy. */
export function installCommand(packages: readonly string[]): string {
  return `sudo apt-get install -y ${packages.join(' ')}`;
}

/**
 * Installs what is missing, where it may: on Debian as root. Returns true when everything is there.
 * Otherwise names the command and returns false; the caller decides whether it can go on without.
 */
export async function ensurePackages(setup: Setup, { purpose, packages }: PackageWish): Promise<boolean> {
  const { terminal, env, signal } = setup;
  if (!isDebian()) return false;
  const missing = missingPackages(packages);
  if (missing.length === 0) return true;
  if (process.getuid?.() !== 0) {
    terminal.warn(
      `Missing ${purpose}: ${missing.join(', ')}. To install:\n\n    ${installCommand(missing)}\n`,
    );
    return false;
  }
  terminal.step(`Installing Debian packages ${purpose}: ${missing.join(', ')}`);
  const options = {
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    onLine: (line: string) => terminal.progress(line),
    deadlineMs: APT_DEADLINE_MS,
    signal,
  };
  const install = () =>
    runCommand('apt-get', ['install', '-y', '--no-install-recommends', ...missing], options);
  try {
    await install().catch(async () => {
      signal.throwIfAborted();
      await runCommand('apt-get', ['update'], options); // a fresh machine has no package lists yet
      await install();
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new SetupError(`apt-get could not install ${missing.join(', ')} (needed ${purpose}).`, {
      cause: error,
    });
  }
  return true;
}

function dpkgQuery(packages: readonly string[]): string {
  try {
    return execFileSync('dpkg-query', ['-W', '-f=${Package} ${db:Status-Abbrev}\n', ...packages], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replaceAll(/ +$/gm, '');
  } catch (error) {
    // Ends with 1 when it does not know one of them; what it knows it has printed all the same.
    return error instanceof Error && 'stdout' in error ? String(error.stdout).replaceAll(/ +$/gm, '') : '';
  }
}
