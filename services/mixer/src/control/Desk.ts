import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { keys, Notice, SessionId, ToolName } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import { inSpan, type SpanAttributes } from '@parley/kit/tracing';
import type { DeskCall, ToolDesk } from '../room/ports.ts';
import type { DeskQueue } from './DeskQueue.ts';

export interface DeskOptions {
  queue: Pick<DeskQueue, 'ask'>;
  redis: Redis;
  /** Shared with others who subscribe; it can do nothing else. */
  subscriber: Redis;
  log: Log;
}

/** The tools of all rooms of this mixer: their calls go to the desk's queue, what their jobs came to is read from Redis. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #news = new EventEmitter<{ news: [sessionId: SessionId | undefined] }>();
  readonly #onMessage = (channel: string, text: string) => {
    if (channel !== keys.noticeChannel) return;
    const sessionId = SessionId.safeParse(text);
    if (sessionId.success) this.#news.emit('news', sessionId.data);
  };
  /** What was told meanwhile went by. */
  readonly #onBack = () => void this.#news.emit('news', undefined);

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#news.setMaxListeners(0); // one per room
  }

  async open(): Promise<void> {
    const { subscriber, redis } = this.#options;
    subscriber.on('message', this.#onMessage);
    subscriber.on('ready', this.#onBack);
    redis.on('ready', this.#onBack);
    await subscriber.subscribe(keys.noticeChannel);
  }

  /** What the room of a session has of it. Whoever takes it closes it. */
  of(sessionId: SessionId): ToolDesk {
    const { redis, queue, log } = this.#options;
    const events = new EventEmitter<{ news: [] }>();
    const onNews = (about: SessionId | undefined) => {
      if (about === undefined || about === sessionId) events.emit('news');
    };
    this.#news.on('news', onNews);
    return {
      events,
      call: (call, kept) =>
        inSpan('tool:call', { kind: 'producer', attributes: about(sessionId, call) }, ({ traceparent }) => {
          const request = { type: 'call', sessionId, at: Date.now(), ...call, traceparent } as const;
          return queue.ask(entryId(sessionId, call), request, kept);
        }),
      notices: async () => readNotices(await redis.hvals(keys.notices(sessionId)), log),
      told: async (ids) => {
        if (ids.length > 0) await redis.hdel(keys.notices(sessionId), ...ids);
      },
      close: () => void this.#news.off('news', onNews),
    };
  }

  async close(): Promise<void> {
    const { subscriber, redis } = this.#options;
    subscriber.off('message', this.#onMessage);
    subscriber.off('ready', this.#onBack);
    redis.off('ready', this.#onBack);
    await subscriber.unsubscribe(keys.noticeChannel);
  }
}

/** A model may call anything; only names of ours are told. */
function about(sessionId: SessionId, { name }: DeskCall): SpanAttributes {
  return { 'parley.session.id': sessionId, 'parley.tool': ToolName.safeParse(name).data ?? 'unknown' };
}

/** One entry per call, whatever a provider puts into its IDs: BullMQ does not take every character. */
function entryId(sessionId: SessionId, { callId }: DeskCall): string {
  const id = /^[\w-]{1,100}$/.test(callId) ? callId : createHash('sha256').update(callId).digest('hex');
  return `call_${sessionId}_${id}`;
}

/** Sorted by job. */
function readNotices(texts: readonly string[], log: Log): Notice[] {
  const notices = texts.flatMap((text) => {
    const notice = Notice.safeParse(parseJson(text));
    if (!notice.success) log.warn({ err: notice.error }, 'malformed notice');
    return notice.success ? [notice.data] : [];
  });
  return notices.toSorted((a, b) => a.number - b.number);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
