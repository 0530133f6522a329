import { AppError, CallReply, type DeskRequest, keys, QUEUES } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import { Queue, QueueEvents } from 'bullmq';
import type { Clock } from '../room/ports.ts';

/** An answer that was told while Redis was away is looked for again. */
const LOOK_MS = 2_000;
/** Longer nobody waits for an answer: the model was told long ago that there is none. */
const WAIT_MS = 600_000;
/** How long an entry is kept after it was done, seconds. */
const KEPT_S = 3_600;

export interface DeskQueueOptions {
  redis: Redis;
  clock: Clock;
  log: Log;
}

interface Waiting {
  since: number;
  resolve: (output: string) => void;
  reject: (error: unknown) => void;
}

/** The queue of the desk of the tools, as mixers use it: one entry per call, whose return value is the model's output. */
export class DeskQueue {
  readonly #options: DeskQueueOptions;
  readonly #queue: Queue<DeskRequest>;
  readonly #told: QueueEvents;
  readonly #waiting = new Map<string, Waiting>();
  #undoLook: (() => void) | undefined;
  #closed = false;

  constructor(options: DeskQueueOptions) {
    this.#options = options;
    const { redis, log } = options;
    this.#queue = new Queue<DeskRequest>(QUEUES.desk, { connection: redis, prefix: keys.queues });
    this.#told = new QueueEvents(QUEUES.desk, { connection: redis, prefix: keys.queues });
    const warn = (error: unknown) => log.warn({ err: error }, 'desk queue');
    this.#queue.on('error', warn);
    this.#told.on('error', warn);
    this.#told.on('completed', ({ jobId, returnvalue }) => this.#completed(jobId, returnvalue));
    this.#told.on('failed', ({ jobId, failedReason }) => this.#failed(jobId, failedReason));
  }

  async open(): Promise<void> {
    await this.#told.waitUntilReady();
  }

  /** Resolves with the desk's output. The same `id` is one entry; `kept` when it cannot be lost any more. */
  async ask(id: string, request: Extract<DeskRequest, { type: 'call' }>, kept: () => void): Promise<string> {
    const { redis, clock } = this.#options;
    // Else it would be done whenever Redis is back, and the model was told that nothing was begun.
    if (this.#closed || redis.status !== 'ready')
      throw new AppError('no-tools', 'The tools cannot be reached at the moment.');
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    promise.catch(() => undefined); // it may fail before anybody waits
    this.#waiting.set(id, { since: clock.now(), resolve, reject });
    try {
      await this.#queue.add(request.type, request, {
        jobId: id,
        removeOnComplete: { age: KEPT_S },
        removeOnFail: { age: KEPT_S },
      });
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
    kept();
    this.#watch();
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#undoLook?.();
    this.#waiting.clear();
    await Promise.allSettled([this.#told.close(), this.#queue.close()]);
  }

  #completed(id: string, value: unknown): void {
    const waiting = this.#take(id);
    if (!waiting) return;
    const reply = CallReply.safeParse(value);
    if (reply.success) waiting.resolve(reply.data.output);
    else waiting.reject(new AppError('internal', 'The tools gave no answer.', { cause: reply.error }));
  }

  #failed(id: string, reason: string): void {
    this.#take(id)?.reject(new AppError('internal', `The tools have failed: ${reason}`));
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #watch(): void {
    if (this.#closed || this.#waiting.size === 0) return;
    this.#undoLook ??= this.#options.clock.after(LOOK_MS, () => {
      this.#undoLook = undefined;
      this.#look()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'answers of tools not looked for'))
        .finally(() => this.#watch())
        .catch(() => undefined);
    });
  }

  async #look(): Promise<void> {
    const { redis, clock } = this.#options;
    for (const [id, { since }] of this.#waiting)
      if (clock.now() - since > WAIT_MS) this.#failed(id, 'no answer');
    if (redis.status !== 'ready') return;
    for (const id of this.#waiting.keys()) {
      const entry = await this.#queue.getJob(id);
      if (entry?.finishedOn === undefined) continue;
      if (entry.failedReason) this.#failed(id, entry.failedReason);
      else this.#completed(id, entry.returnvalue);
    }
  }
}
