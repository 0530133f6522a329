'use client';
import type { SessionView } from '@parley/contract';
import { Avatar } from '../../components/Avatar.tsx';
import { InviteCard } from '../../components/InviteCard.tsx';
import { PeopleTones } from '../../components/PeopleTones.tsx';
import { Voiceprint } from '../../components/Voiceprint.tsx';
import { sessionAddress } from '../../lib/address.ts';

/** Who waits inside, and how the next device gets here. */
export function SessionCard({ session }: { session: SessionView }) {
  const { id, agentName, voice, participants, participantCount, maxParticipants } = session;
  return (
    <aside className="flex flex-col gap-6">
      <section
        className="rounded-card border border-line bg-surface p-5 sm:p-6"
        aria-labelledby="inside-heading"
      >
        <Voiceprint of={id} live={participantCount > 0} className="mb-5 h-8 w-full" />
        <h2 id="inside-heading" className="font-semibold">
          {participantCount === 0
            ? 'Nobody is inside yet'
            : `At the table (${participantCount} of ${maxParticipants})`}
        </h2>
        <ul className="mt-3 flex flex-col gap-2.5">
          <PeopleTones ids={participants.map((person) => person.id)}>
            {participants.slice(0, 6).map((person) => (
              <li key={person.id} className="flex items-center gap-3">
                <Avatar id={person.id} name={person.name} />
                <span className="truncate">{person.name}</span>
              </li>
            ))}
          </PeopleTones>
          {participants.length > 6 && (
            <li className="pl-12 text-sm text-ink-faint">and {participants.length - 6} more</li>
          )}
          <li className="flex items-center gap-3">
            <span className="flex size-9 items-center justify-center rounded-full bg-assistant-soft text-sm font-semibold text-assistant">
              {agentName[0]?.toUpperCase()}
            </span>
            <span className="truncate">
              {agentName} <span className="text-ink-faint">the assistant, voice “{voice}”</span>
            </span>
          </li>
        </ul>
      </section>
      <section
        className="rounded-card border border-line bg-surface p-5 sm:p-6"
        aria-labelledby="next-heading"
      >
        <h2 id="next-heading" className="mb-5 font-semibold">
          Bring another device
        </h2>
        <InviteCard address={sessionAddress(id)} id={id} />
      </section>
    </aside>
  );
}
