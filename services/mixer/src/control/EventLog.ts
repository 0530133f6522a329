import { eventPlace, keys, type NewEvent } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { Outbox } from '@parley/kit/outbox';
import type { Redis } from '@parley/kit/redis';
import { SequencedLog } from '@parley/kit/sequencedLog';
import type { FactSink } from '../room/Room.ts';

/** Durable facts on their way to Redis, in the order in which they happened. */
export class EventLog implements FactSink {
  readonly #outbox: Outbox<NewEvent>;
  readonly #log: Log;

  constructor(redis: Redis, log: Log) {
    this.#log = log;
    this.#outbox = new Outbox<NewEvent>({
      log,
      sequenced: new SequencedLog(redis),
      place: ({ sessionId, id }) => eventPlace(sessionId, id),
      wantCounter: async ({ sessionId }) => {
        await redis.publish(keys.seqWanted, sessionId);
      },
    });
  }

  /** Facts that wait for Redis. */
  get depth(): number {
    return this.#outbox.depth;
  }

  append(event: NewEvent): void {
    this.#outbox
      .append(event)
      .catch((error: unknown) =>
        this.#log.error({ err: error, sessionId: event.sessionId, type: event.type }, 'event lost'),
      );
  }

  close(): Promise<void> {
    return this.#outbox.close();
  }
}
