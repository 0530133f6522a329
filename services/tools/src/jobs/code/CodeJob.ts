import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Inbox } from '../Inbox.ts';
import { JobFailure, type JobRun } from '../Runner.ts';
import { shorten } from '../shorten.ts';
import type { ModelGate } from './agent/ModelGate.ts';
import { HostMessage, type RunnerMessage } from './agent/protocol.ts';
import type { CodeOptions } from './CodeOptions.ts';
import { Contained } from './contained/Contained.ts';
import { outcomeOf, type LastWord } from './outcomeOf.ts';
import type { Workspace } from './workspace/Workspace.ts';

export interface CodePlace {
  workspace: Workspace;
  gate: ModelGate;
  /** Folder of the agent's program. */
  program: string;
  slot: number;
}

/** What an agent's host may say in one job, bytes. */
const OUTPUT_BYTES = 64 * 1024 * 1024;
/** Where things are behind a wall of namespaces. */
const INSIDE = {
  node: '/opt/parley/bin/node',
  host: '/opt/parley/host',
  program: '/opt/parley/program',
  gate: '/run/parley',
};
/** After its last word a host may take so long to end. */
const END_MS = 3_000;

/** One job in the hands of an agent: starts its host behind the wall, hears it, answers it, ends it (R33, R37). */
export class CodeJob {
  costUsd = 0;
  readonly #options: CodeOptions;
  readonly #run: JobRun<'code'>;
  readonly #signal: AbortSignal;
  readonly #place: CodePlace;
  #host: Contained | undefined;
  #last: LastWord | undefined;

  constructor(options: CodeOptions, run: JobRun<'code'>, signal: AbortSignal, place: CodePlace) {
    this.#options = options;
    this.#run = run;
    this.#signal = signal;
    this.#place = place;
  }

  /** The agent's last words. Rejects with a JobFailure, or with the signal's reason once everything is gone. */
  async run(): Promise<string> {
    this.#signal.throwIfAborted();
    const { limits } = this.#options;
    const host = await this.#start();
    this.#host = host;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      host.kill('asked');
    }, limits.minutes * 60_000);
    const stop = () => host.kill('asked');
    this.#signal.addEventListener('abort', stop);
    if (this.#signal.aborted) stop();
    const inbox: Inbox<string> = new Inbox(this.#run.instructions, () => {
      for (const text of inbox.take()) this.#tell({ type: 'steer', text });
    });
    try {
      const { breach, errors } = await host.ended;
      this.#signal.throwIfAborted();
      if (late)
        throw new JobFailure(`The job was stopped after ${limits.minutes} minutes, its limit.`, {
          costUsd: this.costUsd,
        });
      if (!this.#last && !breach)
        this.#run.log.warn({ errors }, 'the host of a coding agent ended without a word');
      return outcomeOf({ last: this.#last, breach, errors, limits, costUsd: this.costUsd });
    } finally {
      clearTimeout(timer);
      inbox.close();
      this.#signal.removeEventListener('abort', stop);
    }
  }

  async #start(): Promise<Contained> {
    const { agent, wall, limits, network, ask, model } = this.#options;
    const { workspace, gate, program, slot } = this.#place;
    const shown = [
      { source: process.execPath, target: INSIDE.node, writable: false },
      { source: dirname(agent.host), target: INSIDE.host, writable: false },
      { source: program, target: INSIDE.program, writable: false },
      { source: gate.folder, target: INSIDE.gate, writable: false },
    ];
    const walled = wall.kind === 'namespaces';
    const host = await Contained.start(this.#run.jobId, {
      wall,
      command: process.execPath,
      args: ['--no-warnings', agent.host],
      enclosure: { workspace: workspace.folder, home: workspace.home, shown, network, limits, slot },
      env: {},
      diskBytes: limits.disk,
      outputBytes: OUTPUT_BYTES,
      onLine: (line) => this.#hear(line),
    });
    this.#host = host;
    this.#tell({
      type: 'start',
      task: this.#run.arguments.task,
      program: host.at(program),
      modelSocket: host.at(gate.socket),
      modelKey: gate.key,
      model: model ?? null,
      maxTurns: limits.turns,
      maxCostUsd: limits.costUsd,
      askAlways: !walled,
      askNever: walled && ask === 'nothing',
    });
    return host;
  }

  #tell(message: RunnerMessage): void {
    this.#host?.write(JSON.stringify(message));
  }

  #hear(line: string): void {
    const message = parse(line);
    if (!message) {
      this.#run.log.warn({ line: shorten(line, 300) }, 'the host of a coding agent said something else');
      return;
    }
    if (this.#last) return; // after its last word nothing counts
    switch (message.type) {
      case 'step':
        this.#run.progress(message.step);
        return;
      case 'cost':
        this.costUsd = Math.max(this.costUsd, message.usd);
        this.#run.spent(this.costUsd);
        return;
      case 'ask':
        this.#ask(message).catch(() => undefined); // the job is aborted, which ends the host
        return;
      case 'done':
      case 'failed':
        this.#last = message;
        this.#host?.end();
        delay(END_MS, undefined, { ref: false }).then(
          () => this.#host?.kill('asked'),
          () => undefined,
        );
    }
  }

  async #ask({ id, what, detail, why }: Extract<HostMessage, { type: 'ask' }>): Promise<void> {
    const { approved, reason } = await this.#run.approve({
      what,
      why,
      ...(detail === null ? {} : { detail }),
    });
    this.#tell({ type: 'answer', id, approved, reason });
  }
}

function parse(line: string): HostMessage | undefined {
  try {
    return HostMessage.parse(JSON.parse(line));
  } catch {
    return undefined; // an agent's own command may write there too
  }
}
