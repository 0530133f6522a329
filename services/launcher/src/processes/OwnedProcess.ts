import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { guard } from './Guard.ts';

export interface ProcessPlan {
  command: string;
  args: readonly string[];
  cwd?: string;
  env: NodeJS.ProcessEnv;
  /** Asks it to end; default SIGTERM. Goes to the first process of its group alone. */
  stopSignal?: NodeJS.Signals;
  /** Each line of its outputs. */
  onLine: (line: string, output: 'stdout' | 'stderr') => void;
  uid?: number | undefined;
  gid?: number | undefined;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * A child in a process group of its own: a Ctrl-C on the terminal does not reach it, what it starts ends with it, and
 * it ends with this process, however that dies (L6).
 */
export class OwnedProcess {
  readonly pid: number;
  /** Resolves once it has ended and its outputs are read to their end. */
  readonly exited: Promise<Exit>;
  readonly #plan: ProcessPlan;
  #running = true;

  private constructor(plan: ProcessPlan, pid: number, exited: Promise<Exit>) {
    this.#plan = plan;
    this.pid = pid;
    this.exited = exited.then((exit) => {
      this.#running = false;
      signalGroup(pid, 'SIGKILL'); // whatever it left behind
      guard.remove(pid);
      return exit;
    });
  }

  /** Rejects when the program cannot be started at all. */
  static async start(plan: ProcessPlan): Promise<OwnedProcess> {
    const { command, args, cwd, env, uid, gid } = plan;
    const child = spawn(command, args, {
      cwd,
      env,
      uid,
      gid,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid !== undefined) guard.add(child.pid, plan.stopSignal ?? 'SIGTERM');
    const exited = watch(child, plan.onLine);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return new OwnedProcess(plan, child.pid ?? 0, exited);
  }

  get running(): boolean {
    return this.#running;
  }

  /** Asks it to end, and after `withinMs` kills its group. Twice is harmless. */
  async stop(withinMs: number): Promise<Exit> {
    if (!this.#running) return this.exited;
    signal(this.pid, this.#plan.stopSignal ?? 'SIGTERM');
    const late = setTimeout(() => signalGroup(this.pid, 'SIGKILL'), withinMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(late);
    }
  }
}

async function watch(
  child: ChildProcessByStdio<null, Readable, Readable>,
  onLine: ProcessPlan['onLine'],
): Promise<Exit> {
  createInterface({ input: child.stdout }).on('line', (line) => onLine(line, 'stdout'));
  createInterface({ input: child.stderr }).on('line', (line) => onLine(line, 'stderr'));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    // A grandchild that keeps the pipes open must not hide that the child has gone.
    child.once('exit', () => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    });
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime.
  }
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  signal(-pid, name);
}
