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
/** Between asking a command to end and killing it. */
const PATIENCE_MS = 2_000;

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
  let patience: NodeJS.Timeout | undefined;
  // Asked first: a build tool ends compilers that it has put into groups of their own only when it is asked.
  const kill = () => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGTERM');
    patience = setTimeout(() => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL'), PATIENCE_MS);
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
    clearTimeout(patience);
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL'); // whatever it left behind
    options.signal?.removeEventListener('abort', kill);
  }
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It ended in the meantime.
  }
}
