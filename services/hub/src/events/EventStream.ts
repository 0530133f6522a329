import { EVENT_WRITER_GROUP, keys } from '@parley/contract';
import type { SessionEvent } from '@parley/contract';
import { APPEND_FUNCTION, SEEN_SECONDS } from '@parley/kit/sequencedLog';
import type { Redis } from '@parley/kit/redis';
import { Script } from '@parley/kit/script';
import { readEntry } from '../store/streamEntry.ts';
import type { StreamEntry } from '../store/streamEntry.ts';

/** Entries that a person has not looked at; the oldest go first. */
const DEAD_KEPT = 10_000;

/** stream, counter, seen | entry, group, last place taken, body, channel, seconds of the seen → the new place */
const MOVE = new Script(`
${APPEND_FUNCTION}
local head = tonumber(redis.call('GET', KEYS[2]) or '0')
if head < tonumber(ARGV[3]) then redis.call('SET', KEYS[2], ARGV[3], 'KEEPTTL') end
local seq = append(KEYS[1], KEYS[2], KEYS[3], ARGV[4], ARGV[5], ARGV[6])
redis.call('XACK', KEYS[1], ARGV[2], ARGV[1])
redis.call('XDEL', KEYS[1], ARGV[1])
return seq
`);

/** The event stream as the one consumer that writes sees it. It owns the connection on which it waits. */
export class EventStream {
  readonly #redis: Redis;
  readonly #waiting: Redis;
  readonly #consumer: string;

  constructor(redis: Redis, consumer: string) {
    this.#redis = redis;
    this.#waiting = redis.duplicate();
    this.#waiting.on('error', () => undefined);
    this.#consumer = consumer;
  }

  /** Makes the group, and takes over what others read and never finished: they have lost the lease. */
  async adopt(): Promise<void> {
    try {
      await this.#redis.xgroup('CREATE', keys.events, EVENT_WRITER_GROUP, '0', 'MKSTREAM');
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('BUSYGROUP')) throw error;
    }
    const claim = (from: string) =>
      this.#redis.xautoclaim(
        keys.events,
        EVENT_WRITER_GROUP,
        this.#consumer,
        0,
        from,
        'COUNT',
        1_000,
        'JUSTID',
      );
    for (let cursor = '0-0'; ;) {
      const [next] = (await claim(cursor)) as [string];
      if (next === '0-0') break;
      cursor = next;
    }
    await this.#forgetOthers();
  }

  /** What was read and not finished, oldest first. */
  pending(count: number): Promise<StreamEntry[]> {
    return this.#read(
      this.#redis.xreadgroup(
        'GROUP',
        EVENT_WRITER_GROUP,
        this.#consumer,
        'COUNT',
        count,
        'STREAMS',
        keys.events,
        '0',
      ),
    );
  }

  /** What nobody has read, oldest first; waits up to `blockMs` for the first. */
  fresh(count: number, blockMs: number): Promise<StreamEntry[]> {
    return this.#read(
      this.#waiting.xreadgroup(
        'GROUP',
        EVENT_WRITER_GROUP,
        this.#consumer,
        'COUNT',
        count,
        'BLOCK',
        blockMs,
        'STREAMS',
        keys.events,
        '>',
      ),
    );
  }

  /** They are in Postgres. */
  async done(entries: readonly StreamEntry[]): Promise<void> {
    const ids = entries.map(({ id }) => id);
    if (ids.length === 0) return;
    await this.#redis
      .multi()
      .xack(keys.events, EVENT_WRITER_GROUP, ...ids)
      .xdel(keys.events, ...ids)
      .exec();
  }

  /** It will never be in Postgres: set aside with the reason. */
  async bury(entry: StreamEntry, reason: string, at: number): Promise<void> {
    await this.#redis
      .multi()
      .rpush(keys.deadEvents, JSON.stringify({ ...entry, reason, at }))
      .ltrim(keys.deadEvents, -DEAD_KEPT, -1)
      .xack(keys.events, EVENT_WRITER_GROUP, entry.id)
      .xdel(keys.events, entry.id)
      .exec();
  }

  /** Its place was taken by another event: it gets the next free one, after `last`. A repeat is harmless. */
  async move(entry: StreamEntry, event: SessionEvent, last: number): Promise<number> {
    const { sessionId, id } = event;
    // Under its own name it is remembered with the place that was taken.
    const seen = `${keys.eventSeen(sessionId, id)}:moved`;
    const args = [
      entry.id,
      EVENT_WRITER_GROUP,
      last,
      entry.fields.body ?? '',
      keys.eventChannel,
      SEEN_SECONDS,
    ];
    return Number(await MOVE.run(this.#redis, [keys.events, keys.seq(sessionId), seen], args));
  }

  close(): void {
    this.#waiting.disconnect();
  }

  async #read(reading: Promise<unknown>): Promise<StreamEntry[]> {
    const streams = (await reading) as [string, [string, string[] | null][]][] | null;
    const entries = streams?.[0]?.[1] ?? [];
    // An entry that was trimmed while it was pending has no fields.
    return entries.map(([id, fields]) => readEntry([id, fields ?? []]));
  }

  async #forgetOthers(): Promise<void> {
    const consumers = (await this.#redis.xinfo('CONSUMERS', keys.events, EVENT_WRITER_GROUP)) as unknown[][];
    for (const fields of consumers) {
      const name = String(fields[fields.indexOf('name') + 1]);
      if (name !== this.#consumer)
        await this.#redis.xgroup('DELCONSUMER', keys.events, EVENT_WRITER_GROUP, name);
    }
  }
}
