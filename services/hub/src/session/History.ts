import { AppError, PastFact } from '@parley/contract';
import type { EventPage, EventType, JobView, SessionEvent, SessionId } from '@parley/contract';
import { fold } from './fold.ts';
import { foldJobs } from './foldJobs.ts';
import type { Archive, ArchivedSession, EventTail } from './ports.ts';

export interface HistoryQuery {
  after: number;
  types?: readonly EventType[] | undefined;
  limit: number;
}

const PAGE = 1_000;
/** Words are this far back at most when one wants to know what was said last. */
const SAID_WITHIN = 500;
const SAID = ['turn:completed', 'text:sent', 'reply:completed'] as const;
const SETTLE_LOOKS = 30;
const SETTLE_PAUSE_MS = 30;

/**
 * What happened, whole and in order even while the writer is behind: what waits in the log is read first, then the
 * archive. An event that is trimmed from the log in between was committed before, so the archive has it (H12).
 */
export class History {
  readonly #archive: Archive;
  readonly #tail: EventTail;
  readonly #pause: (ms: number) => Promise<void>;

  constructor(archive: Archive, tail: EventTail, pause: (ms: number) => Promise<void>) {
    this.#archive = archive;
    this.#tail = tail;
    this.#pause = pause;
  }

  /** A page of events after a seq. `nextAfter` is null on the last page. Throws `not-ready` without the archive. */
  async page(id: SessionId, query: HistoryQuery): Promise<EventPage> {
    const wanted = (event: SessionEvent) =>
      event.seq > query.after && (query.types === undefined || query.types.includes(event.type));
    const tail = await this.#unwritten(id);
    const whole = tail[0]?.seq !== undefined && tail[0].seq <= query.after + 1;
    const archived = whole ? [] : await this.#archive.events(id, { ...query, limit: query.limit + 1 });
    const bySeq = new Map([...archived, ...tail.filter(wanted)].map((event) => [event.seq, event]));
    const events = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    const page = events.slice(0, query.limit);
    return { events: page, nextAfter: events.length > query.limit ? (page.at(-1)?.seq ?? null) : null };
  }

  /** Every event of a session, a page at a time. */
  async *all(id: SessionId): AsyncGenerator<SessionEvent> {
    for (let after: number | null = 0; after !== null;) {
      const page: EventPage = await this.page(id, { after, limit: PAGE });
      yield* page.events;
      after = page.nextAfter;
    }
  }

  /** What was said last, oldest first. */
  async said(id: SessionId): Promise<PastFact[]> {
    const head = (await this.#tail.head(id)) ?? 0;
    const query = { after: Math.max(0, head - SAID_WITHIN), types: SAID, limit: SAID_WITHIN };
    const { events } = await this.page(id, query);
    return events.map(({ type, data }) => PastFact.parse({ type, data }));
  }

  /** A session that is not live, as of its last event. Throws `session-not-found`. */
  async session(id: SessionId): Promise<ArchivedSession> {
    const tail = await this.#unwritten(id);
    const known = tail[0]?.seq === 1 ? undefined : await this.#archive.session(id);
    const session = fold(id, known, tail);
    if (session) return session;
    throw new AppError('session-not-found', `There is no session ${id}. Check the ID or ask for a new link.`);
  }

  /** What the assistant had done, by number: as of the last event. Throws `not-ready` without the archive. */
  async jobs(id: SessionId): Promise<JobView[]> {
    const tail = await this.#unwritten(id);
    return foldJobs(tail[0]?.seq === 1 ? [] : await this.#archive.jobs(id), tail);
  }

  /** Waits until the archive has all that the log has of a session, but not for long: it only spares readers a moment. */
  async settled(id: SessionId): Promise<void> {
    const head = (await this.#tail.head(id)) ?? 0;
    for (let looked = 0; looked < SETTLE_LOOKS; looked += 1) {
      if ((await this.#archive.lastSeq(id).catch(() => head)) >= head) return;
      await this.#pause(SETTLE_PAUSE_MS);
    }
  }

  /** Only scanned while the archive is really behind. An archive that is away may be behind. */
  async #unwritten(id: SessionId): Promise<SessionEvent[]> {
    const head = await this.#tail.head(id);
    if (head === undefined || head === 0) return [];
    const written = await this.#archive.lastSeq(id).catch(() => 0);
    return written >= head ? [] : this.#tail.unwritten(id);
  }
}
