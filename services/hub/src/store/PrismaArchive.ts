import { EndReason, ParticipantView, SessionEvent, SessionId, SessionSettings } from '@parley/contract';
import type { EventType, JobView, ParticipantId } from '@parley/contract';
import type { Archive, ArchivedSession } from '../session/ports.ts';
import { reading } from './database.ts';
import type { Prisma, PrismaClient } from './database.ts';
import { toJob } from './jobRows.ts';
import type { EventModel } from './generated/models/Event.ts';
import type { ParticipantModel } from './generated/models/Participant.ts';
import type { SessionModel } from './generated/models/Session.ts';

const inOrder = {
  participants: { orderBy: [{ joinedAt: 'asc' }, { id: 'asc' }] },
} satisfies Prisma.SessionInclude;

/** What was written, read back. Everything it returns was checked when it was written, and is checked again. */
export class PrismaArchive implements Archive {
  readonly #database: PrismaClient;

  constructor(database: PrismaClient) {
    this.#database = database;
  }

  lastSeq(id: SessionId): Promise<number> {
    return reading(async () => {
      const { _max } = await this.#database.event.aggregate({
        where: { sessionId: id },
        _max: { seq: true },
      });
      return _max.seq ?? 0;
    });
  }

  events(
    id: SessionId,
    query: { after: number; types?: readonly EventType[] | undefined; limit: number },
  ): Promise<SessionEvent[]> {
    return reading(async () => {
      const rows = await this.#database.event.findMany({
        where: {
          sessionId: id,
          seq: { gt: query.after },
          ...(query.types ? { type: { in: [...query.types] } } : {}),
        },
        orderBy: { seq: 'asc' },
        take: query.limit,
      });
      return rows.map(toEvent);
    });
  }

  session(id: SessionId): Promise<ArchivedSession | undefined> {
    return reading(async () => {
      const row = await this.#database.session.findUnique({ where: { id }, include: inOrder });
      return row ? toSession(row) : undefined;
    });
  }

  jobs(id: SessionId): Promise<JobView[]> {
    return reading(async () => {
      const rows = await this.#database.job.findMany({
        where: { sessionId: id },
        orderBy: { number: 'asc' },
      });
      return rows.map(toJob);
    });
  }

  listEnded(before: { createdAt: number; id: string } | null, limit: number): Promise<ArchivedSession[]> {
    return reading(async () => {
      const at = before && new Date(before.createdAt);
      const rows = await this.#database.session.findMany({
        where: {
          endedAt: { not: null },
          ...(before && at
            ? { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: before.id } }] }
            : {}),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit,
        include: inOrder,
      });
      return rows.map(toSession);
    });
  }

  wasRemoved(id: ParticipantId): Promise<boolean> {
    return reading(async () => {
      const row = await this.#database.participant.findUnique({
        where: { id },
        select: { leftReason: true },
      });
      return row?.leftReason === 'removed';
    });
  }

  spentUsd(id: SessionId): Promise<number> {
    return reading(async () => {
      const { _sum } = await this.#database.usage.aggregate({
        where: { sessionId: id },
        _sum: { costUsd: true },
      });
      return _sum.costUsd ?? 0;
    });
  }

  open(before: number, limit: number): Promise<SessionId[]> {
    return reading(async () => {
      const rows = await this.#database.session.findMany({
        where: { endedAt: null, createdAt: { lt: new Date(before) } },
        select: { id: true },
        orderBy: { createdAt: 'asc' },
        take: limit,
      });
      return rows.map(({ id }) => SessionId.parse(id));
    });
  }
}

function toEvent({ at, ...row }: EventModel): SessionEvent {
  return SessionEvent.parse({ ...row, at: at.getTime() });
}

function toSession(row: SessionModel & { participants: ParticipantModel[] }): ArchivedSession {
  return {
    id: SessionId.parse(row.id),
    settings: SessionSettings.parse(row),
    createdAt: row.createdAt.getTime(),
    endedAt: row.endedAt?.getTime() ?? null,
    endReason: row.endReason === null ? null : EndReason.parse(row.endReason),
    participants: row.participants.map((each) =>
      ParticipantView.parse({ ...each, joinedAt: each.joinedAt.getTime() }),
    ),
  };
}
