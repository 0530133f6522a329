import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { PATH, type Enclosure, type Entry, type Wall } from '../walls/Wall.ts';
import { Census } from './Census.ts';
import { folderSize } from './folderSize.ts';
import { LineReader } from './LineReader.ts';

export interface ContainedPlan {
  wall: Wall;
  command: string;
  args: readonly string[];
  enclosure: Enclosure;
  env: Readonly<Record<string, string>>;
  /** What the workspace and the home may hold, bytes. */
  diskBytes: number;
  /** What it may write to its output, bytes. */
  outputBytes: number;
  onLine: (line: string) => void;
}

/** Why it was killed. Undefined: it ended by itself. */
export type Breach = 'memory' | 'processes' | 'disk' | 'output' | 'asked';

const LOOK_MS = 250;
const LOOKS_PER_DISK_LOOK = 12;
const BURY_MS = 5_000;
const READ_MS = 1_000;
const ERROR_TAIL = 4_000;

/**
 * One command behind a wall, watched: what is above its limits, and what is left when it ends, is killed, with every
 * process that came of it (R33).
 */
export class Contained {
  /** Resolves when everything that belonged to it is gone. */
  readonly ended: Promise<{ breach: Breach | undefined; errors: string }>;
  readonly #plan: ContainedPlan;
  readonly #entry: Entry;
  readonly #child: ChildProcess;
  readonly #census: Census;
  readonly #closed: Promise<unknown>;
  readonly #watch: NodeJS.Timeout;
  readonly #guard: ChildProcess | undefined;
  #breach: Breach | undefined;
  #running = true;
  #looks = 0;
  #errors = '';

  private constructor(plan: ContainedPlan, entry: Entry, child: ChildProcess, mark: string) {
    this.#plan = plan;
    this.#entry = entry;
    this.#child = child;
    this.#census = new Census(child.pid ?? 0, mark);
    this.#closed = new Promise((resolve) => child.once('close', resolve));
    const reader = new LineReader(plan.outputBytes, plan.onLine, () => this.kill('output'));
    child.stdout?.on('data', (data: Buffer) => reader.write(data));
    child.stderr?.on('data', (data: Buffer) => {
      this.#errors = (this.#errors + data.toString('utf8')).slice(-ERROR_TAIL);
    });
    child.stdin?.on('error', () => undefined); // it has ended; `ended` tells
    if (plan.wall.kind !== 'namespaces' && child.pid !== undefined) this.#guard = startGuard(child.pid, mark);
    this.#watch = setInterval(() => this.#look(), LOOK_MS);
    this.ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    }).then(() => this.#bury());
  }

  /** `id` marks its processes. Rejects when the wall cannot be entered or the command not be started. */
  static async start(id: string, plan: ContainedPlan): Promise<Contained> {
    const entry = await plan.wall.enter(plan.command, plan.args, plan.enclosure);
    const child = spawn(entry.command, entry.args, {
      cwd: plan.enclosure.workspace,
      env: { PATH, HOME: entry.at(plan.enclosure.home), PARLEY_JOB: id, ...plan.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const contained = new Contained(plan, entry, child, `PARLEY_JOB=${id}`);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return contained;
  }

  /** Where a path of this machine is inside. */
  at(path: string): string {
    return this.#entry.at(path);
  }

  /** Writes a line to its input; nothing happens when it has ended. */
  write(line: string): void {
    if (this.#running && this.#child.stdin?.writable) this.#child.stdin.write(`${line}\n`);
  }

  /** No more input. */
  end(): void {
    this.#child.stdin?.end();
  }

  /** Ends it and all that came of it at once. Twice is harmless. */
  kill(why: Breach): void {
    if (!this.#running) return;
    this.#breach ??= why;
    this.#signalGroup();
    for (const { pid } of this.#census.count(true)) signal(pid);
  }

  #look(): void {
    if (!this.#running) return;
    const { limits } = this.#plan.enclosure;
    const members = this.#census.count(false);
    const memory = members.reduce((sum, { resident }) => sum + resident, 0);
    if (memory > limits.memory) this.kill('memory');
    else if (members.length > limits.processes) this.kill('processes');
    this.#looks += 1;
    if (this.#looks % LOOKS_PER_DISK_LOOK !== 0) return;
    this.#lookAtDisk().catch(() => undefined); // a folder that cannot be read is not grown by us
  }

  async #lookAtDisk(): Promise<void> {
    const { diskBytes, enclosure } = this.#plan;
    const first = await folderSize(enclosure.workspace, diskBytes);
    if (first + (await folderSize(enclosure.home, diskBytes)) > diskBytes) this.kill('disk');
  }

  /** What outlived its first process must go too. */
  async #bury(): Promise<{ breach: Breach | undefined; errors: string }> {
    clearInterval(this.#watch);
    this.#signalGroup();
    const until = Date.now() + BURY_MS;
    for (let left = this.#census.count(true); left.length > 0; left = this.#census.count(true)) {
      for (const { pid } of left) signal(pid);
      if (Date.now() > until) break;
      await delay(10);
    }
    this.#running = false;
    await Promise.race([this.#closed, delay(READ_MS)]); // what it wrote last is read
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#guard?.stdin?.end('over\n');
    await this.#entry.leave();
    return { breach: this.#breach, errors: this.#errors };
  }

  #signalGroup(): void {
    const { pid } = this.#child;
    if (pid !== undefined) signal(-pid);
  }
}

/**
 * Kills the group and whatever has the mark when this process dies without doing it: a pipe closes then. Behind a wall of
 * namespaces the kernel does that.
 */
const GUARD = `read -r line; [ "$line" = over ] && exit
kill -KILL -- "-$1"
for dir in /proc/[0-9]*; do
  tr '\\0' '\\n' 2>/dev/null <"$dir/environ" | grep -qx "$2" && kill -KILL "\${dir#/proc/}"
done`;

function startGuard(group: number, mark: string): ChildProcess {
  const guard = spawn('sh', ['-c', GUARD, 'sh', String(group), mark], {
    env: { PATH },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined); // without it everything works until this process is killed
  guard.stdin.on('error', () => undefined);
  return guard;
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
