import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** The program, and how long it waits before it kills. */
export const GUARD = join(import.meta.dirname, 'guard.sh');
const PATIENCE_TENTHS = '100';

/**
 * A small shell process that outlives this one and ends the process groups it was told about, however this process
 * dies (L6). It starts with the first group and ends with the last.
 */
export class Guard {
  readonly #groups = new Set<number>();
  #process: ChildProcess | undefined;

  /** `signal` asks the group to end, like SIGTERM. */
  add(group: number, signal: NodeJS.Signals): void {
    this.#groups.add(group);
    this.#process ??= this.#start();
    this.#tell(`add ${signal.slice(3)} ${group}`);
  }

  /** The group has ended. */
  remove(group: number): void {
    if (!this.#groups.delete(group)) return;
    this.#tell(`remove ${group}`);
    if (this.#groups.size > 0) return;
    this.#process?.stdin?.end();
    this.#process = undefined;
  }

  #tell(line: string): void {
    this.#process?.stdin?.write(`${line}\n`);
  }

  #start(): ChildProcess {
    const guard = spawn('sh', [GUARD, PATIENCE_TENTHS], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    // Without a guard everything works until the launcher is killed: no reason to fail.
    guard.on('error', () => undefined);
    guard.stdin.on('error', () => undefined);
    guard.unref();
    if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
    return guard;
  }
}

/** The guard of this process. */
export const guard = new Guard();
