import {
  CallReply,
  DEFAULT_TOOL_POLICIES,
  keys,
  QUEUES,
  type Asker,
  type CallCause,
  type DeskRequest,
  type Role,
  type SessionId,
  newParticipantId,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis, type Redis } from '@parley/kit/redis';
import { Queue, QueueEvents } from 'bullmq';

/** Somebody whose words may lead to a call. */
export const asker = (name: string, role: Role = 'owner', share = 1): Asker => ({
  participantId: newParticipantId(),
  name,
  role,
  share,
});

export const typed = (who: Asker, words = 'Please do it'): CallCause => ({
  askers: [who],
  overlap: 0,
  by: 'text',
  words,
});

export const spoken = (askers: Asker[], overlap = 0, words = 'Please do it'): CallCause => ({
  askers,
  overlap,
  by: 'voice',
  words,
});

let made = 0;

/** The mixer's end of the desk: calls of the model as requests, and what it is answered. */
export class ModelCalls {
  readonly redis: Redis;
  readonly #desk: Queue<DeskRequest>;
  readonly #events: QueueEvents;

  private constructor(redisUrl: string) {
    this.redis = createRedis(redisUrl, silentLog, 'test-model');
    const place = { connection: this.redis, prefix: keys.queues };
    this.#desk = new Queue(QUEUES.desk, place);
    this.#events = new QueueEvents(QUEUES.desk, place);
    // It is listened to once for each answer that is waited for.
    this.#desk.setMaxListeners(0);
    // A Redis that a test kills is told of here too.
    this.#desk.on('error', () => undefined);
    this.#events.on('error', () => undefined);
  }

  static async open(redisUrl: string): Promise<ModelCalls> {
    const calls = new ModelCalls(redisUrl);
    await calls.#events.waitUntilReady();
    return calls;
  }

  /** Resolves with the model's output, as it stands. */
  async output(
    sessionId: SessionId,
    name: string,
    args: unknown,
    {
      cause = typed(asker('Anna')),
      callId = `c${(made += 1)}`,
      policies = DEFAULT_TOOL_POLICIES,
      withinMs = 15_000,
    } = {},
  ): Promise<string> {
    const text = typeof args === 'string' ? args : JSON.stringify(args);
    const request: DeskRequest = {
      type: 'call',
      sessionId,
      callId,
      name,
      arguments: text,
      cause,
      policies,
      at: Date.now(),
    };
    const entry = await this.#desk.add('call', request, { jobId: `call_${sessionId}_${callId}` });
    return CallReply.parse(await entry.waitUntilFinished(this.#events, withinMs)).output;
  }

  /** The same, read. */
  async call(...args: Parameters<ModelCalls['output']>): Promise<ModelOutput> {
    return JSON.parse(await this.output(...args)) as ModelOutput;
  }

  /** A job that does what its task says. */
  team(sessionId: SessionId, task: string, options?: Parameters<ModelCalls['output']>[3]) {
    return this.call(sessionId, 'nested_team', { task }, options);
  }

  /** The queue knows nothing of this call any more. */
  async forget(sessionId: SessionId, callId: string): Promise<void> {
    await this.#desk.remove(`call_${sessionId}_${callId}`);
  }

  async notices(sessionId: SessionId): Promise<Record<string, unknown>[]> {
    const all = await this.redis.hvals(keys.notices(sessionId));
    return all.map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  async close(): Promise<void> {
    await Promise.all([this.#desk.close(), this.#events.close()]);
    await closeRedis(this.redis);
  }
}

export interface ModelOutput {
  job?: number;
  state?: string;
  why?: string;
  error?: string;
  jobs?: { job: number; state: string; latest?: string }[];
}
