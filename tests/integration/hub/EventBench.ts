import { eventPlace, keys, newEventId } from '@parley/contract';
import type { EventData, EventType, NewEvent, SessionId } from '@parley/contract';
import { Archivist } from '@parley/hub/events/Archivist';
import { CounterKeeper } from '@parley/hub/events/CounterKeeper';
import { EventStream } from '@parley/hub/events/EventStream';
import { EventWriter } from '@parley/hub/events/EventWriter';
import type { EventWriterOptions } from '@parley/hub/events/EventWriter';
import { WriterLease } from '@parley/hub/events/WriterLease';
import type { Measures } from '@parley/hub/session/ports';
import { createDatabase } from '@parley/hub/store/database';
import type { PrismaClient } from '@parley/hub/store/database';
import { PrismaArchive } from '@parley/hub/store/PrismaArchive';
import { RedisEventTail } from '@parley/hub/store/RedisEventTail';
import { closeRedis, createRedis } from '@parley/kit/redis';
import type { Redis } from '@parley/kit/redis';
import { silentLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { CounterMissing, SequencedLog } from '@parley/kit/sequencedLog';
import { startStores } from '../../support/stores/startStores.ts';
import type { Stores } from '../../support/stores/startStores.ts';
import { CutWire } from './CutWire.ts';

export const noMeasures: Measures = {
  command: () => undefined,
  mixerCommand: () => undefined,
  eventsWritten: () => undefined,
  eventsDead: () => undefined,
  writerFailed: () => undefined,
  sockets: () => undefined,
};

export function event<Type extends EventType>(
  sessionId: SessionId,
  type: Type,
  data: EventData<Type>,
  at = Date.now(),
): NewEvent {
  return { id: newEventId(), sessionId, at, type, data } as NewEvent;
}

export const note = (sessionId: SessionId, message = 'x') =>
  event(sessionId, 'error:raised', { source: 'hub', code: 'test', message });

/** The events' whole way over real stores, with a wire to Postgres that can be cut. */
export class EventBench {
  readonly scope = new Scope();
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly redis: Redis;
  readonly database: PrismaClient;
  /** Over the wire that can be cut. */
  readonly wired: PrismaClient;
  readonly wire: CutWire;
  readonly archive: PrismaArchive;
  readonly tail: RedisEventTail;
  readonly counters: CounterKeeper;
  readonly #log: SequencedLog;

  private constructor(redisUrl: string, databaseUrl: string, wire: CutWire, wiredUrl: string) {
    this.redisUrl = redisUrl;
    this.databaseUrl = databaseUrl;
    this.redis = createRedis(redisUrl, silentLog, 'test');
    this.database = createDatabase(databaseUrl, silentLog);
    this.wired = createDatabase(wiredUrl, silentLog);
    this.wire = wire;
    this.archive = new PrismaArchive(this.database);
    this.tail = new RedisEventTail(this.redis);
    this.counters = new CounterKeeper({
      redis: this.redis,
      archive: this.archive,
      tail: this.tail,
      log: silentLog,
    });
    this.#log = new SequencedLog(this.redis);
  }

  /** Over stores of its own, or over those of somebody else. */
  static async open(others?: Stores): Promise<EventBench> {
    const stores = others ?? (await startStores());
    const { wire, url } = await CutWire.to(stores.databaseUrl);
    const bench = new EventBench(stores.redisUrl, stores.databaseUrl, wire, url);
    if (!others) bench.scope.add(() => stores.close());
    bench.scope.add(() => closeRedis(bench.redis));
    bench.scope.add(() => bench.database.$disconnect());
    bench.scope.own(wire);
    bench.scope.add(() => bench.wired.$disconnect());
    return bench;
  }

  /** A hub's writer, not started; `change` puts something else in the place of a part. */
  writer(hub: string, change: Partial<EventWriterOptions> = {}): EventWriter {
    return new EventWriter({
      stream: new EventStream(this.redis, hub),
      lease: new WriterLease(this.redis, hub, 600),
      archivist: new Archivist(this.wired),
      measures: noMeasures,
      log: silentLog,
      blockMs: 50,
      standbyMs: 20,
      retryMs: 5,
      maxRetryMs: 20,
      ...change,
    });
  }

  /** Appends as everybody does: a counter that is missing is asked for. Resolves with the seq. */
  async append(body: NewEvent): Promise<number> {
    const { sessionId, id } = body;
    const place = eventPlace(sessionId, id);
    try {
      return await this.#log.append(place, body);
    } catch (error) {
      if (!(error instanceof CounterMissing)) throw error;
      await this.counters.restore(sessionId);
      return this.#log.append(place, body);
    }
  }

  /** Waits until nothing waits for the writer. */
  async written(): Promise<void> {
    for (;;) if ((await this.redis.xlen(keys.events)) === 0) return;
  }

  /** The seqs that Postgres has, in order. */
  async seqs(sessionId: SessionId): Promise<number[]> {
    const rows = await this.database.event.findMany({ where: { sessionId }, orderBy: { seq: 'asc' } });
    return rows.map(({ seq }) => seq);
  }

  close(): Promise<void> {
    return this.scope.close();
  }
}

export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
