import { join } from 'node:path';
import { CommandFailed, runCommand } from '../processes/runCommand.ts';
import { cacheDir } from './cacheDir.ts';
import { SetupError, type Setup } from './Setup.ts';

/** The tools' own installer: a program of its own, so that what it brings is described once. */
const INSTALLER = 'services/tools/src/jobs/code/claude/install.ts';

/**
 * Brings the coding agent's program into the cache, for tests that run real jobs. A start does without: the first job
 * brings it then. Returns its folder. Throws SetupError.
 */
export async function ensureCodeAgent({ root, env, terminal, signal }: Setup): Promise<string> {
  let last = '';
  try {
    await runCommand(process.execPath, [join(root, INSTALLER), cacheDir(env)], {
      env,
      signal,
      onLine: (line) => {
        if (last !== '') terminal.note(last);
        last = line;
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    const words = error instanceof CommandFailed ? error.tail.join('\n') : String(error);
    throw new SetupError(`${words}\nWithout: npm test -- --project unit`, { cause: error });
  }
  return last;
}
