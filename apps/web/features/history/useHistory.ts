'use client';
import { AppError, type SessionEvent, type SessionId } from '@parley/contract';
import { useCallback, useEffect, useState } from 'react';
import { listEvents } from '../../lib/api.ts';
import { describeProblem, type Problem } from '../../lib/problem.ts';
import { readingToken } from '../../lib/storage.ts';

export type History =
  | { at: 'loading' }
  | { at: 'failed'; problem: Problem }
  /** This device has no token that would read it. */
  | { at: 'closed' }
  | { at: 'read'; events: SessionEvent[]; complete: boolean };

/** The last words may still be on their way to the database: look again this often, this many times. */
const AGAIN_MS = 1_200;
const TIMES = 5;

const isClosed = (error: unknown) =>
  error instanceof AppError && ['bad-token', 'forbidden', 'removed'].includes(error.code);

export function useHistory(id: SessionId): { history: History; retry: () => void } {
  const [history, setHistory] = useState<History>({ at: 'loading' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (left: number) => {
      try {
        const events = await listEvents(id, readingToken(id), gone.signal);
        const complete = events.some((event) => event.type === 'session:ended');
        setHistory({ at: 'read', events, complete });
        if (!complete && left > 0) timer = setTimeout(() => void read(left - 1), AGAIN_MS);
      } catch (error) {
        if (gone.signal.aborted) return;
        setHistory(isClosed(error) ? { at: 'closed' } : { at: 'failed', problem: describeProblem(error) });
      }
    };
    void read(TIMES);
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [id, round]);
  const retry = useCallback(() => {
    setHistory({ at: 'loading' });
    setRound((known) => known + 1);
  }, []);
  return { history, retry };
}
