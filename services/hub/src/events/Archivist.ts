import type { SessionEvent } from '@parley/contract';
import type { PrismaClient } from '../store/database.ts';
import { ensureSessions, project } from './project.ts';
import { toRow } from './rows.ts';

/** An event whose place in its session is taken by another one: Redis has forgotten that it gave the place away. */
export interface Misplaced {
  event: SessionEvent;
  /** The last place that is taken. */
  last: number;
}

const TRANSACTION_MS = 15_000;
const place = ({ sessionId, seq }: { sessionId: string; seq: number }) => `${sessionId} ${seq}`;

/** Writes batches of events and all that follows from them, each batch in one transaction. */
export class Archivist {
  readonly #database: PrismaClient;

  constructor(database: PrismaClient) {
    this.#database = database;
  }

  /**
   * Idempotent by (session, seq): only what was not there is inserted, and only that is carried into the other tables.
   * Returns how many were new, and the events that another one has displaced.
   */
  async write(events: readonly SessionEvent[]): Promise<{ inserted: number; misplaced: Misplaced[] }> {
    return this.#database.$transaction(
      async (tx) => {
        await ensureSessions(tx, events);
        const inserted = await tx.event.createManyAndReturn({
          data: events.map(toRow),
          skipDuplicates: true,
          select: { sessionId: true, seq: true },
        });
        const fresh = new Set(inserted.map(place));
        for (const event of events) if (fresh.delete(place(event))) await project(tx, event);
        const misplaced: Misplaced[] = [];
        if (inserted.length < events.length) {
          for (const event of events) {
            const { sessionId, seq } = event;
            const there = await tx.event.findUnique({ where: { sessionId_seq: { sessionId, seq } } });
            if (!there || there.id === event.id) continue;
            const { _max } = await tx.event.aggregate({ where: { sessionId }, _max: { seq: true } });
            misplaced.push({ event, last: _max.seq ?? seq });
          }
        }
        return { inserted: inserted.length, misplaced };
      },
      { timeout: TRANSACTION_MS, maxWait: TRANSACTION_MS },
    );
  }

  /** Whether Postgres answers. */
  async answers(): Promise<boolean> {
    return this.#database.$queryRaw`SELECT 1`.then(
      () => true,
      () => false,
    );
  }
}
