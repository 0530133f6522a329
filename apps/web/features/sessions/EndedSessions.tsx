'use client';
import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { Voiceprint } from '../../components/Voiceprint.tsx';
import { ago, duration } from '../../lib/format.ts';
import { useNow } from '../../lib/useNow.ts';
import type { SessionList } from './sessionList.ts';

export function EndedSessions({ list, more }: { list: SessionList; more: () => Promise<void> }) {
  const now = useNow(60_000);
  const [busy, setBusy] = useState(false);
  if (list.ended.length === 0) return null;
  const fetchMore = async () => {
    setBusy(true);
    await more();
    setBusy(false);
  };
  return (
    <section aria-labelledby="ended-heading" className="mt-14">
      <h2 id="ended-heading" className="mb-4 text-lg font-semibold">
        Read again
      </h2>
      <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
        {list.ended.map((session) => (
          <li key={session.id}>
            <Link
              href={`/s/${session.id}`}
              data-testid="ended-session"
              className="flex items-center gap-4 px-4 py-3.5 transition-colors -outline-offset-2 hover:bg-raised sm:px-5"
            >
              <Voiceprint of={session.id} live={false} className="hidden h-7 w-24 shrink-0 sm:block" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{session.title}</span>
                <span className="block truncate text-sm text-ink-faint">
                  {ago(session.endedAt ?? session.createdAt, now)}
                  {session.endedAt !== null && <> · lasted {duration(session.endedAt - session.createdAt)}</>}
                </span>
              </span>
              <span className="hidden font-mono text-sm text-ink-faint sm:inline">{session.id}</span>
              <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-faint" />
            </Link>
          </li>
        ))}
      </ul>
      {list.cursor !== null && (
        <div className="mt-4 text-center">
          <Button size="sm" disabled={busy} onClick={() => void fetchMore()}>
            {busy ? 'Looking…' : 'Show older sessions'}
          </Button>
        </div>
      )}
    </section>
  );
}
