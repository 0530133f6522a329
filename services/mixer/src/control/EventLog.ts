import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { eventPlace, keys, type NewEvent, type SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { Outbox } from '@parley/kit/outbox';
import type { Redis } from '@parley/kit/redis';
import { SequencedLog, Superseded } from '@parley/kit/sequencedLog';
import type { FactSink } from '../room/roomPorts.ts';

interface Told {
  event: NewEvent;
  /** That tells it. */
  room: { readonly epoch: number | undefined } | undefined;
}

export interface EventLogEvents {
  /** Another mixer has the room of this epoch now: what this one told of it is not taken (M27). */
  superseded: [sessionId: SessionId, epoch: number];
}

/** Durable facts on their way to Redis, in the order in which they happened. */
export class EventLog implements FactSink {
  readonly events = new EventEmitter<EventLogEvents>();
  readonly #outbox: Outbox<Told>;
  readonly #log: Log;
  #last: Promise<unknown> = Promise.resolve();

  constructor(redis: Redis, log: Log) {
    this.#log = log;
    this.#outbox = new Outbox<Told>({
      log,
      sequenced: new SequencedLog(redis),
      place: ({ event, room }) => eventPlace(event.sessionId, event.id, room?.epoch),
      bodyOf: ({ event }) => event,
      wantCounter: async ({ event }) => {
        await redis.publish(keys.seqWanted, event.sessionId);
      },
    });
  }

  /** Facts that wait for Redis. */
  get depth(): number {
    return this.#outbox.depth;
  }

  append(event: NewEvent, room?: Told['room']): void {
    this.#last = this.#outbox
      .append({ event, room })
      .catch((error: unknown) => this.#refused(event, room?.epoch, error));
  }

  /** Resolves when all that was appended so far is in Redis or was refused, or after `withinMs`. */
  async flushed(withinMs: number): Promise<void> {
    const enough = new AbortController();
    const late = delay(withinMs, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([this.#last, late]);
    enough.abort();
  }

  close(): Promise<void> {
    return this.#outbox.close();
  }

  #refused({ sessionId, type }: NewEvent, epoch: number | undefined, error: unknown): void {
    if (!(error instanceof Superseded)) {
      this.#log.error({ err: error, sessionId, type }, 'event lost');
      return;
    }
    this.#log.warn({ sessionId, type, epoch }, 'event of a room that was given away');
    this.events.emit('superseded', sessionId, epoch ?? 0);
  }
}
