import { DeskRequest, JOB_KINDS, JobPayload, QUEUES, type JobKind } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import { inSpan } from '@parley/kit/tracing';
import { DelayedError, UnrecoverableError, Worker, type Job, type Processor } from 'bullmq';
import type { Desk } from '../desk/Desk.ts';
import type { Runs } from '../runs/Runs.ts';
import { KEPT, place } from './connection.ts';

export interface WorkersOptions {
  redis: Redis;
  desk: Desk;
  runs: Runs;
  /** Jobs of each kind that this process runs at once. */
  concurrency: Readonly<Record<JobKind, number>>;
  /** An entry whose worker was silent for so long is handed out again. */
  leaseMs: number;
  /** How long a job was in its queue before it was taken first, and how long a request took, ms. */
  measures: {
    waited(kind: JobKind, ms: number): void;
    requested(type: DeskRequest['type'], outcome: 'ok' | 'failed', ms: number): void;
  };
  log: Log;
}

/** Requests that are handled at once; each takes some milliseconds. */
const DESK_CONCURRENCY = 20;
/** Its worker may be lost again and again: the record of the job says when that is enough. */
const MAX_STALLED = 1_000;
/** A worker that waits looks so often by itself whether it missed a call. */
const LOOK_SECONDS = 2;
/** A job that another process has, or that this one may not take now, is looked at again after this time. */
const AGAIN_MS = 500;

/** Everything that takes entries out of queues, in one process. */
export class Workers {
  readonly #workers: readonly Worker[];

  constructor({ redis, desk, runs, concurrency, leaseMs, measures, log }: WorkersOptions) {
    const open = (name: string, processor: Processor, count: number) => {
      const worker = new Worker(name, processor, {
        ...place(redis),
        ...KEPT,
        concurrency: count,
        lockDuration: leaseMs,
        stalledInterval: Math.ceil(leaseMs / 2),
        maxStalledCount: MAX_STALLED,
        drainDelay: LOOK_SECONDS,
      });
      worker.on('error', (error) => log.warn({ err: error, queue: name }, 'queue worker'));
      worker.on('failed', (job, error) =>
        log.error({ err: error, queue: name, entry: job?.id }, 'entry of a queue failed'),
      );
      return worker;
    };
    const handle = (asked: DeskRequest, id: string) => {
      const parent = ('traceparent' in asked ? asked.traceparent : undefined) ?? null;
      const attributes = { 'parley.session.id': asked.sessionId };
      return inSpan(`desk:${asked.type}`, { kind: 'consumer', parent, attributes }, ({ traceparent }) =>
        // What comes of it came of this.
        desk.handle('traceparent' in asked ? { ...asked, traceparent } : asked, id),
      );
    };
    const request: Processor = async (entry: Job<unknown>) => {
      const asked = read(DeskRequest, entry.data);
      const began = performance.now();
      const settled = (outcome: 'ok' | 'failed') =>
        measures.requested(asked.type, outcome, performance.now() - began);
      try {
        const answer = await handle(asked, entry.id ?? '');
        settled('ok');
        return answer;
      } catch (error) {
        settled('failed');
        throw error;
      }
    };
    const work: Processor = async (entry: Job<unknown>, token) => {
      const payload = read(JobPayload, entry.data);
      // Later it was put back, or has lost its worker.
      if (entry.attemptsStarted === 1) measures.waited(payload.kind, Date.now() - entry.timestamp);
      const outcome = await runs.take(payload);
      if (outcome === 'done') return outcome;
      await entry.moveToDelayed(Date.now() + AGAIN_MS, token);
      throw new DelayedError();
    };
    this.#workers = [
      open(QUEUES.desk, request, DESK_CONCURRENCY),
      ...JOB_KINDS.map((kind) => open(QUEUES[kind], work, concurrency[kind])),
    ];
  }

  async ready(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()));
  }

  get running(): boolean {
    return this.#workers.every((worker) => worker.isRunning());
  }

  /** Takes nothing new. What comes now, such as a job that is put back, is for others. */
  async pause(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.pause(true)));
  }

  /** Takes nothing new; resolves when what was taken is done. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }
}

/** What can not be read now can not be read later. */
function read<Output>(schema: { parse(value: unknown): Output }, data: unknown): Output {
  try {
    return schema.parse(data);
  } catch (error) {
    throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
  }
}
