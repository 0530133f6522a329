import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface CommandOptions {
  cwd?: string;
  uid?: number | undefined;
  gid?: number | undefined;
  env?: NodeJS.ProcessEnv;
  /** Each line of either output. */
  onLine?: (line: string) => void;
  /** The command and everything it started is killed after this time. */
  deadlineMs?: number;
  /** Aborting kills the command and everything it started. */
  signal?: AbortSignal | undefined;
}

/** A command did not end with 0. `tail` holds its last lines. */
export class CommandFailed extends Error {
  readonly tail: readonly string[];

  constructor(command: string, why: string, tail: readonly string[]) {
    super([`${command} ${why}`, ...tail.map((line) => `    ${line}`)].join('\n'));
    this.name = 'CommandFailed';
    this.tail = tail;
  }
}

const TAIL_LINES = 15;

/**
 * Runs a command to its end, in a process group of its own so that what it started ends with it.
 * Rejects with CommandFailed, or with the signal's reason.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const tail: string[] = [];
  const outputs = [child.stdout, child.stderr].map(async (output) => {
    for await (const line of createInterface({ input: output })) {
      if (line.trim() === '') continue;
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      options.onLine?.(line);
    }
  });
  let late = false;
  const kill = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const timer = options.deadlineMs
    ? setTimeout(() => {
        late = true;
        kill();
      }, options.deadlineMs)
    : undefined;
  options.signal?.addEventListener('abort', kill);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    await Promise.all(outputs);
    options.signal?.throwIfAborted();
    if (late)
      throw new CommandFailed(command, `took longer than ${(options.deadlineMs ?? 0) / 1000} s`, tail);
    if (code !== 0) throw new CommandFailed(command, `ended with code ${code}`, tail);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new CommandFailed(command, 'is not installed', tail);
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
