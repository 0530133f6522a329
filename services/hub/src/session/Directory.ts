import { AppError, SessionId } from '@parley/contract';
import type { SessionPage, SessionView } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { z } from 'zod';
import type { History } from './History.ts';
import type { Archive, LiveSession, SessionStore } from './ports.ts';
import { endedView, liveView } from './views.ts';

/** Where a page of the list ended: among the live ones or among the ended ones. */
const Cursor = z.object({
  part: z.enum(['live', 'ended']),
  after: z.object({ createdAt: z.number(), id: SessionId }).nullable(),
});
type Cursor = z.infer<typeof Cursor>;

const encode = (cursor: Cursor) => btoa(JSON.stringify(cursor));

function decode(text: string | undefined): Cursor {
  if (text === undefined) return { part: 'live', after: null };
  try {
    return Cursor.parse(JSON.parse(atob(text)));
  } catch (error) {
    throw new AppError('bad-request', 'cursor: Not one that this list gave', { cause: error });
  }
}

const last = (sessions: readonly SessionView[]) => {
  const session = sessions.at(-1);
  return session ? { createdAt: session.createdAt, id: session.id } : null;
};

export interface DirectoryOptions {
  store: SessionStore;
  archive: Archive;
  history: History;
  log: Log;
  maxParticipants: number;
}

/** Finds sessions: the live ones in Redis, the others in the archive. */
export class Directory {
  readonly #options: DirectoryOptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /** Throws `session-ended` or `session-not-found`. */
  async live(id: SessionId): Promise<LiveSession> {
    return (await this.#options.store.find(id)) ?? this.refuse(id);
  }

  /** Why a session is not live. Always throws. */
  async refuse(id: SessionId): Promise<never> {
    await this.#options.history.session(id);
    throw new AppError('session-ended', 'This session has ended. Its timeline can still be read.');
  }

  /** Throws `session-not-found`. */
  async view(id: SessionId): Promise<SessionView> {
    const live = await this.#options.store.find(id);
    if (live) return liveView(live, this.#options.maxParticipants);
    return endedView(await this.#options.history.session(id), this.#options.maxParticipants);
  }

  /** With what it has cost. Throws `session-not-found`. */
  async detailed(id: SessionId): Promise<SessionView> {
    const [view, costUsd] = await Promise.all([
      this.view(id),
      this.#options.archive.spentUsd(id).catch(() => null),
    ]);
    return { ...view, costUsd };
  }

  /** Live ones first, then those that ended, both newest first. While the archive is away: the live ones. */
  async page(cursorText: string | undefined, limit: number): Promise<SessionPage> {
    const cursor = decode(cursorText);
    const sessions: SessionView[] = [];
    if (cursor.part === 'live') {
      sessions.push(...(await this.#livePage(cursor.after, limit)));
      if (sessions.length >= limit)
        return { sessions, nextCursor: encode({ part: 'live', after: last(sessions) }) };
    }
    const room = limit - sessions.length;
    const after = cursor.part === 'ended' ? cursor.after : null;
    try {
      const ended = await this.#options.archive.listEnded(after, room + 1);
      const shown = ended.slice(0, room).map((each) => endedView(each, this.#options.maxParticipants));
      const nextCursor = ended.length > room ? encode({ part: 'ended', after: last(shown) ?? after }) : null;
      return { sessions: [...sessions, ...shown], nextCursor };
    } catch (error) {
      if (cursor.part === 'ended') throw error;
      this.#options.log.warn({ err: error }, 'list without ended sessions');
      return { sessions, nextCursor: encode({ part: 'ended', after: null }) };
    }
  }

  async #livePage(after: Cursor['after'], limit: number): Promise<SessionView[]> {
    const ids = await this.#options.store.listIds(after, limit);
    const live = await this.#options.store.findAll(ids);
    return live.map((session) => liveView(session, this.#options.maxParticipants));
  }
}
