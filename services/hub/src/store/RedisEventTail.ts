import { keys } from '@parley/contract';
import type { SessionEvent, SessionId } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import type { EventTail } from '../session/ports.ts';
import { readEntry, readEvent } from './streamEntry.ts';
import type { StreamEntry } from './streamEntry.ts';

const PAGE = 1_000;

/** Reads what the writer has not trimmed yet from the event stream. */
export class RedisEventTail implements EventTail {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async head(id: SessionId): Promise<number | undefined> {
    const head = await this.#redis.get(keys.seq(id));
    return head === null ? undefined : Number(head);
  }

  async unwritten(id: SessionId): Promise<SessionEvent[]> {
    const events: SessionEvent[] = [];
    for (let from = '-'; ;) {
      const page = (await this.#redis.xrange(keys.events, from, '+', 'COUNT', PAGE)).map(readEntry);
      for (const entry of page) if (entry.fields.body?.includes(id)) collect(events, id, entry);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return events.sort((a, b) => a.seq - b.seq);
      from = `(${last.id}`;
    }
  }
}

/** What cannot be read is the writer's business: it sets it aside. */
function collect(events: SessionEvent[], id: SessionId, entry: StreamEntry): void {
  try {
    const event = readEvent(entry);
    if (event.sessionId === id) events.push(event);
  } catch {
    // Not an event.
  }
}
