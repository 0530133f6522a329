import type { SessionView } from '@parley/contract';
import { Armchair } from 'lucide-react';
import Link from 'next/link';
import { AvatarStack } from '../../components/AvatarStack.tsx';
import { PeopleTones } from '../../components/PeopleTones.tsx';
import { Voiceprint } from '../../components/Voiceprint.tsx';
import { ago } from '../../lib/format.ts';
import { listNames } from '../../lib/people.ts';
import { useNow } from '../../lib/useNow.ts';
import type { SessionList } from './sessionList.ts';

export function LiveSessions({ list }: { list: SessionList }) {
  const now = useNow(20_000);
  return (
    <section aria-labelledby="live-heading">
      <h2 id="live-heading" className="mb-4 flex items-baseline gap-2.5 text-lg font-semibold">
        Open now
        {list.live.length > 0 && (
          <span className="text-sm font-normal text-ink-faint">{list.live.length}</span>
        )}
      </h2>
      {list.loading ? (
        <Skeletons />
      ) : list.live.length === 0 ? (
        list.problem === null && <NobodyHere />
      ) : (
        <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
          {list.live.map((session) => (
            <li key={session.id}>
              <LiveCard session={session} now={now} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function LiveCard({ session, now }: { session: SessionView; now: number }) {
  const { id, title, agentName, participants, participantCount, maxParticipants, createdAt } = session;
  const full = participantCount >= maxParticipants;
  return (
    <Link
      href={`/s/${id}`}
      data-testid="session-card"
      data-session-id={id}
      className="group flex h-full flex-col rounded-card border border-line bg-raised p-5 shadow-card transition-[border-color,translate] duration-200 hover:-translate-y-0.5 hover:border-line-strong"
    >
      <Voiceprint of={id} live={participantCount > 0} className="mb-4 h-9 w-full" />
      <h3 className="line-clamp-2 text-base leading-snug font-semibold">{title}</h3>
      <p className="mt-1 text-sm text-ink-faint">
        with {agentName} · {ago(createdAt, now)}
      </p>
      <div className="mt-auto flex items-center justify-between gap-3 pt-5">
        {participantCount > 0 ? (
          <span className="flex min-w-0 items-center gap-2.5">
            <PeopleTones ids={participants.map((person) => person.id)}>
              <AvatarStack people={participants} count={participantCount} shown={4} />
            </PeopleTones>
            <span className="truncate text-sm text-ink-soft">
              {full
                ? 'Full'
                : listNames(
                    participants.map((person) => person.name),
                    1,
                  )}
            </span>
          </span>
        ) : (
          <span className="text-sm text-ink-faint">Nobody at the table</span>
        )}
        <span className="shrink-0 font-mono text-sm text-ink-faint">{id}</span>
      </div>
    </Link>
  );
}

function NobodyHere() {
  return (
    <div className="flex flex-col items-center rounded-card border border-dashed border-line-strong/60 px-6 py-12 text-center">
      <Armchair aria-hidden className="size-8 text-ink-faint" />
      <p className="mt-3 font-semibold">No session is open</p>
      <p className="mt-1 max-w-sm text-ink-soft">
        Start one, then bring the other devices in with its link or QR code.
      </p>
    </div>
  );
}

function Skeletons() {
  return (
    <div role="status" aria-label="Looking for sessions" className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      {[0, 1, 2].map((index) => (
        <div
          key={index}
          className="breathe h-44 rounded-card bg-sunk"
          style={{ animationDelay: `${index * 150}ms` }}
        />
      ))}
    </div>
  );
}
