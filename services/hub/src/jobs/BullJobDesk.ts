import { ActReply, AppError, keys, QUEUES } from '@parley/contract';
import type { DeskRequest, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { inSpan } from '@parley/kit/tracing';
import type { Redis } from '@parley/kit/redis';
import { Queue, QueueEvents } from 'bullmq';
import type { Act, JobDesk, JobActor } from '../session/ports.ts';

export interface BullJobDeskOptions {
  redis: Redis;
  log: Log;
  /** Whoever waits for an answer waits at most so long. */
  withinMs?: number;
}

/** A repeat of an end within this time is the same entry. */
const KEPT = { removeOnComplete: { age: 3_600, count: 2_000 }, removeOnFail: { age: 3_600, count: 2_000 } };

/** Speaks to the tools through their queue: whichever process of theirs takes an entry answers it. */
export class BullJobDesk implements JobDesk {
  readonly #options: Required<BullJobDeskOptions>;
  readonly #desk: Queue<DeskRequest>;
  readonly #events: QueueEvents;
  readonly #queues: readonly Queue[];

  constructor(options: BullJobDeskOptions) {
    this.#options = { withinMs: 6_000, ...options };
    const { redis, log } = options;
    const place = { connection: redis, prefix: keys.queues };
    this.#desk = new Queue<DeskRequest>(QUEUES.desk, { ...place, defaultJobOptions: KEPT });
    this.#events = new QueueEvents(QUEUES.desk, place);
    this.#queues = [this.#desk, new Queue(QUEUES.nested_team, place), new Queue(QUEUES.code, place)];
    // BullMQ listens to it once for each answer that is waited for.
    this.#desk.setMaxListeners(0);
    const trouble = (error: Error) => log.debug({ err: error }, 'queues of the tools');
    this.#events.on('error', trouble);
    for (const queue of this.#queues) queue.on('error', trouble);
  }

  /** For whoever shows them. */
  get queues(): readonly Queue[] {
    return this.#queues;
  }

  async ready(): Promise<void> {
    await this.#events.waitUntilReady();
  }

  act(sessionId: SessionId, by: JobActor, act: Act): Promise<unknown> {
    const attributes = { 'parley.session.id': sessionId };
    return inSpan(act.command, { kind: 'producer', attributes }, ({ traceparent }) =>
      this.#act({ type: 'act', sessionId, by, act, traceparent }),
    );
  }

  async #act(request: Extract<DeskRequest, { type: 'act' }>): Promise<unknown> {
    const { sessionId, act } = request;
    const entry = await this.#desk.add('act', request);
    let returned: unknown;
    try {
      returned = await entry.waitUntilFinished(this.#events, this.#options.withinMs);
    } catch (error) {
      // What nobody has taken by now must not happen later, when nobody expects it any more.
      await entry.remove().catch(() => undefined);
      this.#options.log.warn({ err: error, sessionId, command: act.command }, 'tools did not answer');
      throw new AppError('no-tools', 'The tools do not answer. Try again in a moment.', { cause: error });
    }
    const reply = ActReply.parse(returned);
    if (!reply.ok) throw new AppError(reply.error.code, reply.error.message);
    return reply.data;
  }

  /** Most sessions never had a job. What is called at this very moment the tools find by themselves. */
  async sessionEnded(sessionId: SessionId): Promise<void> {
    if ((await this.#options.redis.exists(keys.jobs(sessionId))) === 0) return;
    await this.#desk.add(
      'session-ended',
      { type: 'session-ended', sessionId },
      { jobId: `ended_${sessionId}` },
    );
  }

  /** Processes that take entries. */
  workers(): Promise<number> {
    return this.#desk.getWorkersCount();
  }

  /** How many entries are in which state, by queue. */
  async counts(): Promise<{ queue: string; state: string; count: number }[]> {
    const states = ['waiting', 'active', 'delayed', 'failed'] as const;
    const counted = this.#queues.map(async (queue) => {
      const counts = await queue.getJobCounts(...states);
      return states.map((state) => ({ queue: queue.name, state, count: counts[state] ?? 0 }));
    });
    return (await Promise.all(counted)).flat();
  }

  async close(): Promise<void> {
    await Promise.all([this.#events.close(), ...this.#queues.map((queue) => queue.close())]);
  }
}
