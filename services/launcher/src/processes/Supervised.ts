import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Exit } from './OwnedProcess.ts';

/** Something that runs: a process, or a server with its way of stopping. */
export interface Running {
  exited: Promise<Exit>;
  stop(): Promise<void>;
}

interface SupervisedEvents {
  /** It ended by itself and is started again after `inMs`. */
  died: [exit: Exit, inMs: number];
  restarted: [];
  /** It is not started any more. Last event. */
  failed: [error: Error];
}

export interface SupervisedOptions {
  name: string;
  /** Resolves when it is ready, rejects when it ended or took too long before that. */
  launch: (signal: AbortSignal) => Promise<Running>;
  /** Pauses before each new try; after the last it is given up. */
  backoffMs?: readonly number[];
  /** Having run for so long, it starts with the first pause again. */
  steadyMs?: number;
  now?: () => number;
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Keeps one process running. The first start must succeed; later it is started again when it dies (L4). */
export class Supervised {
  readonly events = new EventEmitter<SupervisedEvents>();
  readonly #options: Required<SupervisedOptions>;
  readonly #stop = new AbortController();
  #running: Running | undefined;
  #launching: Promise<void> | undefined;
  #watching: Promise<void> | undefined;

  constructor(options: SupervisedOptions) {
    this.#options = {
      backoffMs: BACKOFF_MS,
      steadyMs: 60_000,
      now: Date.now,
      pause: (ms, signal) => delay(ms, undefined, { signal }),
      ...options,
    };
  }

  get name(): string {
    return this.#options.name;
  }

  /** Resolves when it is ready for the first time. */
  async start(): Promise<void> {
    await this.#launch();
    this.#watching = this.#watch();
  }

  /** Also in the middle of a start or of a pause. Twice is harmless. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error(`${this.name} is being stopped`));
    await this.#launching?.catch(() => undefined); // told to whoever started it
    await this.#running?.stop();
    await this.#watching;
  }

  #launch(): Promise<void> {
    return (this.#launching = this.#launchOnce());
  }

  async #launchOnce(): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    const running = await this.#options.launch(signal);
    this.#running = running;
    if (signal.aborted) await running.stop();
    signal.throwIfAborted();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    const { backoffMs, steadyMs, now, pause } = this.#options;
    let tries = 0;
    for (;;) {
      const since = now();
      const exit = await this.#running?.exited;
      if (signal.aborted || !exit) return;
      if (now() - since >= steadyMs) tries = 0;
      let problem = new Error(`${this.name} ended with ${describeExit(exit)}`);
      for (;;) {
        const inMs = backoffMs[tries++];
        if (inMs === undefined) {
          this.events.emit(
            'failed',
            new Error(`${problem.message}, ${backoffMs.length} new starts did not help`),
          );
          return;
        }
        this.events.emit('died', exit, inMs);
        try {
          await pause(inMs, signal);
          await this.#launch();
          break;
        } catch (error) {
          if (signal.aborted) return;
          problem = error instanceof Error ? error : new Error(String(error));
        }
      }
      this.events.emit('restarted');
    }
  }
}

export function describeExit({ code, signal }: Exit): string {
  return signal ? `signal ${signal}` : `code ${code}`;
}
