import { EventEmitter } from 'node:events';
import { AppError } from '@parley/contract';
import type { RoomMedia } from '../room/mediaPorts.ts';
import { MediaWorker, type MediaWorkerOptions } from './MediaWorker.ts';

/** Not at once: the worker may have ended with the whole process group, and this process is about to. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
/** When a worker died its devices come back at once: a new room waits for the new worker rather than being refused. */
const WORKER_WITHIN_MS = 4_000;

type StartWorker = (options: MediaWorkerOptions) => Promise<MediaWorker>;

/** Keeps one media worker alive: a new one is started whenever the former died. */
export class MediaEngine {
  readonly #options: MediaWorkerOptions;
  readonly #start: StartWorker;
  readonly #started = new EventEmitter<{ worker: [MediaWorker] }>();
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

  get ready(): boolean {
    return this.#worker !== undefined;
  }

  get pid(): number | undefined {
    return this.#worker?.pid;
  }

  async openRoom(): Promise<RoomMedia> {
    const worker = this.#worker ?? (await this.#next());
    if (!worker)
      throw new AppError('not-ready', 'The media server is starting again. Try again in a moment.');
    return worker.openRoom();
  }

  /** Seconds of CPU of the present worker since it started; 0 while there is none. */
  async cpuSeconds(): Promise<number> {
    return (await this.#worker?.cpuSeconds().catch(() => undefined)) ?? 0;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry?.();
    this.#worker?.close();
    this.#worker = undefined;
  }

  /** The next worker, or nothing when it takes too long. */
  #next(): Promise<MediaWorker | undefined> {
    const { promise, resolve } = Promise.withResolvers<MediaWorker | undefined>();
    const cancel = this.#options.clock.after(WORKER_WITHIN_MS, () => resolve(undefined));
    this.#started.once('worker', resolve);
    return promise.finally(() => {
      cancel();
      this.#started.off('worker', resolve);
    });
  }

  #adopt(worker: MediaWorker): void {
    if (this.#closed) {
      worker.close();
      return;
    }
    this.#worker = worker;
    this.#started.emit('worker', worker);
    worker.events.once('died', (error) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#retry(FIRST_RETRY_MS, error);
    });
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
