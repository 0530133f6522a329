import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { OwnedProcess } from '@parley/launcher/processes/OwnedProcess';
import { until } from '../until.ts';

export interface ServicePlan {
  /** For the log file and messages, like `hub-1`. */
  name: string;
  command?: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Answers 200 once it is ready. */
  readyUrl: string;
  readyWithinMs?: number;
  /** Aborted: it is not waited for any more. */
  signal?: AbortSignal;
  logDir: string;
}

const LINES_KEPT = 400;
/** The same programs start dozens of times in a run of the tests: compiled once. */
const COMPILED = join(import.meta.dirname, '../../../node_modules/.cache/compiled');
/** What a child inherits: enough to run, nothing that configures a service. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'MEDIASOUP_WORKER_BIN'];

/** One of our services as a real child process. Whoever starts it stops it; it dies with this process in any case. */
export class ServiceProcess {
  readonly name: string;
  readonly #plan: ServicePlan;
  readonly #log: WriteStream;
  readonly #tail: string[] = [];
  #process: OwnedProcess | undefined;

  private constructor(plan: ServicePlan) {
    this.name = plan.name;
    this.#plan = plan;
    this.#log = createWriteStream(join(plan.logDir, `${plan.name}.log`), { flags: 'a' });
  }

  /** Resolves once it is ready; throws with its last lines when it is not. */
  static async start(plan: ServicePlan): Promise<ServiceProcess> {
    const service = new ServiceProcess(plan);
    await service.start();
    return service;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get running(): boolean {
    return this.#process?.running ?? false;
  }

  /** The last lines it wrote, for the message of a failed test. */
  get tail(): string {
    return this.#tail.join('\n');
  }

  /** The line with which it last said that it is ready; its own ID is in it. */
  get announcement(): string {
    return this.#announcement;
  }
  #announcement = '';

  /** Every line at level warn or worse so far (pino's JSON lines, level ≥ 40). */
  get complaints(): readonly string[] {
    return this.#complaints;
  }
  readonly #complaints: string[] = [];

  /** Also after `stop` or `kill`: the same plan once more. */
  async start(): Promise<void> {
    const {
      command = process.execPath,
      args,
      cwd,
      env,
      readyUrl,
      readyWithinMs = 120_000,
      signal,
    } = this.#plan;
    const inherited = Object.fromEntries(
      INHERITED.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : [])),
    );
    const child = await OwnedProcess.start({
      command,
      args,
      cwd,
      env: { ...inherited, NODE_ENV: 'production', NODE_COMPILE_CACHE: COMPILED, ...env },
      onLine: (line) => this.#keep(line),
    });
    this.#process = child;
    try {
      const state = await until(
        `${this.name} to be ready at ${readyUrl}`,
        async () => {
          if (!child.running || signal?.aborted) return 'ended' as const;
          return (await fetch(readyUrl, { signal: AbortSignal.timeout(10_000) })).ok && ('ready' as const);
        },
        { withinMs: readyWithinMs },
      );
      if (state === 'ended') throw new Error(`${this.name} ended while starting`);
    } catch (error) {
      await this.kill();
      throw new Error(`${(error as Error).message}\nLast lines of ${this.name}:\n${this.tail}`, {
        cause: error,
      });
    }
  }

  /** Asks it to end (SIGTERM), as an operator does. Returns its exit code. */
  async stop(withinMs = 60_000): Promise<number | null> {
    return (await this.#process?.stop(withinMs))?.code ?? null;
  }

  /** SIGKILL: it gets no chance to say goodbye. */
  async kill(): Promise<void> {
    if (!this.#process?.running) return;
    process.kill(this.#process.pid, 'SIGKILL');
    await this.#process.exited;
  }

  async close(): Promise<void> {
    await this.stop();
    this.#log.end();
  }

  #keep(line: string): void {
    this.#log.write(`${line}\n`);
    this.#tail.push(line);
    if (this.#tail.length > LINES_KEPT) this.#tail.shift();
    if (/"msg":"\w+ ready"/.test(line)) this.#announcement = line;
    const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0);
    if (level >= 40) this.#complaints.push(line);
  }
}
