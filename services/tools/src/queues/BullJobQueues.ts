import {
  QUEUES,
  type ApprovalId,
  type DeskRequest,
  type JobId,
  type JobKind,
  type JobPayload,
  type SessionId,
} from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import { Queue } from 'bullmq';
import type { JobQueues } from '../desk/ports.ts';
import { KEPT, place } from './connection.ts';

/** The queues in Redis, by BullMQ. An entry has the ID of its job, so that it is there once. */
export class BullJobQueues implements JobQueues {
  readonly #kinds: Readonly<Record<JobKind, Queue<JobPayload>>>;
  readonly #desk: Queue<DeskRequest>;

  constructor(redis: Redis) {
    const options = { ...place(redis), defaultJobOptions: KEPT };
    this.#kinds = {
      nested_team: new Queue<JobPayload>(QUEUES.nested_team, options),
      code: new Queue<JobPayload>(QUEUES.code, options),
    };
    this.#desk = new Queue<DeskRequest>(QUEUES.desk, options);
  }

  /** One that is over and only shown makes room for it. */
  async add(payload: JobPayload): Promise<void> {
    const { kind, jobId } = payload;
    if ((await this.find(kind, jobId)) === 'over') await this.remove(kind, jobId);
    await this.#kinds[kind].add(kind, payload, { jobId });
  }

  async remove(kind: JobKind, jobId: JobId): Promise<void> {
    await this.#kinds[kind].remove(jobId);
  }

  async find(kind: JobKind, jobId: JobId): Promise<'there' | 'over' | 'missing'> {
    const state = await this.#kinds[kind].getJobState(jobId);
    if (state === 'unknown') return 'missing';
    return state === 'completed' || state === 'failed' ? 'over' : 'there';
  }

  async expireAt(sessionId: SessionId, approvalId: ApprovalId, at: number): Promise<void> {
    await this.#desk.add(
      'expire',
      { type: 'expire', sessionId, approvalId },
      { jobId: `expire_${approvalId}`, delay: Math.max(0, at - Date.now()) },
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#desk, ...Object.values(this.#kinds)].map((queue) => queue.close()));
  }
}
