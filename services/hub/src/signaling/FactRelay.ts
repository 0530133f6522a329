import { keys, SessionEvent } from '@parley/contract';
import type { SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { History } from '../session/History.ts';
import type { Channels, EventTail } from '../session/ports.ts';
import { SessionFeed } from '../session/SessionFeed.ts';

export interface FactListener {
  deliver(event: SessionEvent): void;
}

interface Channel {
  feed: SessionFeed;
  listeners: Set<FactListener>;
}

const FILL_LIMIT = 1_000;

/** Hands the facts of each session to this hub's sockets in it, in order, each once per socket. */
export class FactRelay {
  readonly #tail: EventTail;
  readonly #history: History;
  readonly #log: Log;
  readonly #sessions = new Map<SessionId, Channel>();

  constructor(options: { tail: EventTail; history: History; log: Log }) {
    this.#tail = options.tail;
    this.#history = options.history;
    this.#log = options.log;
  }

  async listen(channels: Channels): Promise<void> {
    await channels.subscribe(keys.eventChannel, (message) => this.#receive(message));
    channels.onResumed(() => {
      for (const [id, { feed }] of this.#sessions)
        this.#head(id).then(
          (head) => feed.catchUp(head),
          (error: unknown) => this.#log.warn({ err: error, sessionId: id }, 'feed not caught up'),
        );
    });
  }

  /** From the moment this resolves no fact is missed. The undo is harmless twice. */
  async attach(id: SessionId, listener: FactListener): Promise<() => void> {
    const channel = this.#sessions.get(id) ?? this.#open(id);
    channel.listeners.add(listener);
    const detach = () => {
      channel.listeners.delete(listener);
      if (channel.listeners.size > 0 || this.#sessions.get(id) !== channel) return;
      channel.feed.close();
      this.#sessions.delete(id);
    };
    try {
      await channel.feed.ready;
    } catch (error) {
      detach();
      throw error;
    }
    return detach;
  }

  #open(id: SessionId): Channel {
    const listeners = new Set<FactListener>();
    const feed = new SessionFeed({
      after: this.#head(id),
      fill: async (after) => (await this.#history.page(id, { after, limit: FILL_LIMIT })).events,
      deliver: (event) => {
        for (const listener of listeners) listener.deliver(event);
      },
    });
    const channel = { feed, listeners };
    this.#sessions.set(id, channel);
    return channel;
  }

  async #head(id: SessionId): Promise<number> {
    return (await this.#tail.head(id)) ?? 0;
  }

  #receive(message: string): void {
    try {
      const { seq, event } = JSON.parse(message) as { seq: number; event: { sessionId: SessionId } };
      const channel = this.#sessions.get(event.sessionId);
      if (channel) channel.feed.push(SessionEvent.parse({ ...event, seq }));
    } catch (error) {
      this.#log.warn({ err: error }, 'fact not readable');
    }
  }
}
