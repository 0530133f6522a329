import { EventEmitter } from 'node:events';
import { MediaWorker, type MediaWorkerOptions } from './MediaWorker.ts';

/** Not at once: the worker may have ended with the whole process group, and this process is about to. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;

export type StartWorker = (options: MediaWorkerOptions) => Promise<MediaWorker>;

/** Keeps one media worker alive: a new one is started whenever the former died. */
export class WorkerSlot {
  readonly events = new EventEmitter<{ started: [] }>();
  readonly #options: MediaWorkerOptions;
  readonly #start: StartWorker;
  #worker: MediaWorker | undefined;
  #cancelRetry: (() => void) | undefined;
  #closed = false;

  /** `start` is for tests. */
  constructor(options: MediaWorkerOptions, start: StartWorker = (given) => MediaWorker.start(given)) {
    this.#options = options;
    this.#start = start;
  }

  /** Starts the first worker. Rejects when there is none to be had: nobody should wait for a wrong configuration. */
  async open(): Promise<void> {
    this.#adopt(await this.#start(this.#options));
  }

  /** Undefined while there is none. */
  get worker(): MediaWorker | undefined {
    return this.#worker;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry?.();
    this.#worker?.close();
    this.#worker = undefined;
  }

  #adopt(worker: MediaWorker): void {
    if (this.#closed) {
      worker.close();
      return;
    }
    this.#worker = worker;
    worker.events.once('died', (error) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#retry(FIRST_RETRY_MS, error);
    });
    this.events.emit('started');
  }

  #retry(delayMs: number, reason: unknown): void {
    if (this.#closed) return;
    this.#cancelRetry = this.#options.clock.after(delayMs, () => {
      this.#options.log.error({ err: reason, afterMs: delayMs }, 'no media worker, starting one');
      this.#start(this.#options).then(
        (worker) => this.#adopt(worker),
        (error: unknown) => this.#retry(Math.min(delayMs * 2, LAST_RETRY_MS), error),
      );
    });
  }
}
