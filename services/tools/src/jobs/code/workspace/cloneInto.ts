import { lstat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JobFailure, type JobRun } from '../../Runner.ts';
import { shorten } from '../../shorten.ts';
import type { CodeLimits } from '../CodeOptions.ts';
import { Contained } from '../contained/Contained.ts';
import type { Wall } from '../walls/Wall.ts';
import type { Workspace } from './Workspace.ts';

export interface CloneOptions {
  repository: string;
  workspace: Workspace;
  wall: Wall;
  slot: number;
  limits: CodeLimits;
  /** Beginnings of addresses that may be cloned. */
  allowed: readonly string[];
  run: JobRun<'code'>;
  signal: AbortSignal;
}

const CLONE_MS = 120_000;
const OUTPUT_BYTES = 1_000_000;

/**
 * Clones a repository, its newest state alone, into a folder of its own name in the workspace; one that is there stays as
 * it is. git runs behind the wall with a network, knows no passwords, and runs nothing that the repository brings (R38).
 */
export async function cloneInto(options: CloneOptions): Promise<void> {
  const { repository, workspace, wall, slot, limits, allowed, run, signal } = options;
  if (!allowed.some((beginning) => repository.startsWith(beginning)))
    throw new JobFailure('Only repositories at https:// addresses can be cloned.');
  const name = nameOf(repository);
  if (await isThere(join(workspace.folder, name))) {
    run.progress({ kind: 'note', text: `${name} is in the folder already and is used as it is` });
    return;
  }
  run.progress({ kind: 'command', text: `$ git clone --depth 1 ${shown(repository)} ${name}` });
  const local = repository.startsWith('file://') ? repository.slice('file://'.length) : undefined;
  // A repository on this machine, in a test, belongs to somebody else than the agent.
  if (local) await writeFile(join(workspace.home, '.gitconfig'), '[safe]\n\tdirectory = *\n');
  const git = await Contained.start(run.jobId, {
    wall,
    command: 'git',
    args: [
      '-c',
      'core.hooksPath=/dev/null',
      '-c',
      'core.symlinks=false',
      '-c',
      'protocol.ext.allow=never',
      'clone',
      '--quiet',
      '--depth',
      '1',
      '--single-branch',
      '--no-tags',
      '--template=',
      '--',
      repository,
      name,
    ],
    enclosure: {
      workspace: workspace.folder,
      home: workspace.home,
      shown: local ? [{ source: local, target: local, writable: false }] : [],
      network: true,
      limits,
      slot,
    },
    env: {
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_ASKPASS: 'true',
    },
    diskBytes: limits.disk,
    outputBytes: OUTPUT_BYTES,
    onLine: () => undefined,
  });
  const stop = () => git.kill('asked');
  const late = setTimeout(stop, CLONE_MS);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  git.end();
  const { breach, errors } = await git.ended.finally(() => {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
  });
  signal.throwIfAborted();
  if (breach === 'disk') throw new JobFailure('The repository is too large for the workspace.');
  if (breach) throw new JobFailure(`The repository did not come within ${CLONE_MS / 1000} s.`);
  if (await isThere(join(workspace.folder, name, '.git'))) return;
  if (/git.*(not found|No such file)/.test(errors))
    throw new JobFailure('The repository cannot be cloned: git is not installed here.');
  const why = errors.split('\n').find((line) => /^(fatal|error):/.test(line)) ?? 'git said nothing';
  throw new JobFailure(`The repository could not be cloned: ${shorten(shown(why), 400)}`);
}

/** The last part of the address, as git takes it. */
function nameOf(repository: string): string {
  const last = repository.replace(/[/]+$/, '').split('/').at(-1) ?? '';
  const name = last
    .replace(/\.git$/, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '');
  return name || 'repository';
}

/** Without a password that somebody has put into the address. */
const shown = (text: string) => text.replaceAll(/\/\/[^/@\s]+@/g, '//');

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
