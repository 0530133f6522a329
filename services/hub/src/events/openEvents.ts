import { eventPlace } from '@parley/contract';
import type { HubId, NewEvent } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { Outbox } from '@parley/kit/outbox';
import type { Redis } from '@parley/kit/redis';
import type { Scope } from '@parley/kit/scope';
import { SequencedLog } from '@parley/kit/sequencedLog';
import type { Archive, Channels, EventLog, EventTail, Measures } from '../session/ports.ts';
import type { PrismaClient } from '../store/database.ts';
import { Archivist } from './Archivist.ts';
import { CounterKeeper } from './CounterKeeper.ts';
import { EventStream } from './EventStream.ts';
import { EventWriter } from './EventWriter.ts';
import { WriterLease } from './WriterLease.ts';

export interface Events {
  log: EventLog;
  counters: CounterKeeper;
  archivist: Archivist;
  /** Whether this hub is the one that writes now. */
  readonly writing: boolean;
  /** Facts of this hub that wait for Redis. */
  readonly depth: number;
}

/** Starts what carries facts: the log's own end in this hub, the keeper of counters, and the writer. */
export async function openEvents(parts: {
  hub: HubId;
  redis: Redis;
  channels: Channels;
  database: PrismaClient;
  archive: Archive;
  tail: EventTail;
  measures: Measures;
  log: Log;
  scope: Scope;
}): Promise<Events> {
  const { hub, redis, channels, database, archive, tail, measures, log, scope } = parts;
  const counters = new CounterKeeper({ redis, archive, tail, log });
  await counters.listen(channels);

  const outbox = scope.own(
    new Outbox<NewEvent>({
      log,
      sequenced: new SequencedLog(redis),
      place: ({ sessionId, id }) => eventPlace(sessionId, id),
      wantCounter: ({ sessionId }) => counters.restore(sessionId),
    }),
  );

  const lease = new WriterLease(redis, hub);
  const archivist = new Archivist(database);
  const writer = new EventWriter({
    stream: new EventStream(redis, hub),
    lease,
    archivist,
    measures,
    log: log.child({ part: 'event-writer' }),
  });
  writer.start();
  scope.own(writer);

  return {
    log: outbox,
    counters,
    archivist,
    get writing() {
      return lease.held;
    },
    get depth() {
      return outbox.depth;
    },
  };
}
