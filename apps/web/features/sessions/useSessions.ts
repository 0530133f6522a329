'use client';
import { useCallback, useEffect, useState } from 'react';
import { listSessions } from '../../lib/api.ts';
import { describeProblem } from '../../lib/problem.ts';
import { extended, failed, refreshed, startList, type SessionList } from './sessionList.ts';

const EVERY_MS = 4_000;

/** The sessions, looked up again and again while somebody can see them. */
export function useSessions(): { list: SessionList; refresh: () => void; more: () => Promise<void> } {
  const [list, setList] = useState(startList);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      clearTimeout(timer);
      try {
        const page = await listSessions(gone.signal);
        setList((known) => refreshed(known, page));
      } catch (error) {
        if (gone.signal.aborted) return;
        setList((known) => failed(known, describeProblem(error)));
      }
      if (!gone.signal.aborted && !document.hidden) timer = setTimeout(() => void look(), EVERY_MS);
    };
    const onVisible = () => {
      clearTimeout(timer);
      if (!document.hidden) void look();
    };
    document.addEventListener('visibilitychange', onVisible);
    void look();
    return () => {
      gone.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [round]);

  const refresh = useCallback(() => setRound((known) => known + 1), []);
  const more = useCallback(async () => {
    try {
      const page = await listSessions(undefined, list.cursor);
      setList((known) => extended(known, page));
    } catch (error) {
      setList((known) => failed(known, describeProblem(error)));
    }
  }, [list.cursor]);
  return { list, refresh, more };
}
