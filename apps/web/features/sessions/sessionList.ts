import type { SessionPage, SessionView } from '@parley/contract';
import type { Problem } from '../../lib/problem.ts';

/** loading: nothing is known yet · a problem beside sessions means that what is shown is old. */
export interface SessionList {
  loading: boolean;
  live: SessionView[];
  ended: SessionView[];
  problem: Problem | null;
  /** More ended sessions can be asked for. */
  cursor: string | null;
}

export const startList: SessionList = { loading: true, live: [], ended: [], problem: null, cursor: null };

const newestFirst = (a: SessionView, b: SessionView) => b.createdAt - a.createdAt;

const lastFirst = (a: SessionView, b: SessionView) => (b.endedAt ?? b.createdAt) - (a.endedAt ?? a.createdAt);

/** A fresh first page. Ended sessions that were fetched by `more` stay below it. */
export function refreshed(list: SessionList, page: SessionPage): SessionList {
  const known = new Set(page.sessions.map((session) => session.id));
  const older = list.ended.filter((session) => !known.has(session.id));
  return {
    loading: false,
    live: page.sessions.filter((session) => session.state === 'live').toSorted(newestFirst),
    ended: [...page.sessions.filter((session) => session.state === 'ended'), ...older].toSorted(lastFirst),
    problem: null,
    cursor: older.length > 0 ? list.cursor : page.nextCursor,
  };
}

/** The page after those that are shown. */
export function extended(list: SessionList, page: SessionPage): SessionList {
  const known = new Set([...list.live, ...list.ended].map((session) => session.id));
  const fresh = page.sessions.filter((session) => !known.has(session.id));
  return {
    ...list,
    live: [...list.live, ...fresh.filter((session) => session.state === 'live')].toSorted(newestFirst),
    ended: [...list.ended, ...fresh.filter((session) => session.state === 'ended')].toSorted(lastFirst),
    cursor: page.nextCursor,
  };
}

/** What is known stays on the screen, with a word that it is old. */
export const failed = (list: SessionList, problem: Problem): SessionList => ({
  ...list,
  loading: false,
  problem,
});
