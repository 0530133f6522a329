import type { AnswerDecision, ParticipantId, Speaker } from '@parley/contract';
import { AudioLines } from 'lucide-react';
import { Avatar } from '../../components/Avatar.tsx';
import { usePersonColor } from '../../components/PeopleTones.tsx';
import { PersonText } from '../../components/PersonText.tsx';
import { cx } from '../../lib/cx.ts';
import { percent } from '../../lib/format.ts';
import { Growing, Spoken } from './Spoken.tsx';
import type { TurnEntry } from './transcript.ts';

/** Why a turn got no answer. What was asked, or had no words, needs none. */
const UNANSWERED: Record<AnswerDecision, string | undefined> = {
  asked: undefined,
  'nothing-said': undefined,
  'not-addressed': 'Not addressed to the assistant',
  scribe: 'Written down: the assistant only listens',
  paused: 'Not answered: the assistant is paused',
  lost: 'Not answered: the connection to the assistant was lost',
};

/** A turn in which this much was spoken over one another is worth a word. */
const MUCH_OVERLAP = 0.15;

export function TurnRow({ entry, me }: { entry: TurnEntry; me: ParticipantId | undefined }) {
  const speakers = entry.speakers.toSorted((a, b) => b.share - a.share);
  const why = entry.live ? undefined : UNANSWERED[entry.answer];
  return (
    <article
      className="px-2 py-1.5"
      data-testid="transcript-item"
      data-role="user"
      data-item-id={entry.itemId}
      data-live={entry.live}
    >
      <Spoken
        face={<Faces speakers={speakers} />}
        names={<Names entry={entry} speakers={speakers} me={me} />}
        at={entry.at}
      >
        {speakers.length > 1 && <ShareBar speakers={speakers} />}
        {entry.text !== '' && (
          <p className={cx(entry.live && 'text-ink-soft')}>
            {entry.text}
            {entry.live && <Growing />}
          </p>
        )}
        {entry.text === '' && !entry.live && (
          <p className="text-ink-faint italic">{entry.failure ?? 'Nothing could be understood.'}</p>
        )}
        {why !== undefined && (
          <p className="mt-0.5 text-xs text-ink-faint" data-testid="turn-unanswered" data-why={entry.answer}>
            {why}
          </p>
        )}
        {entry.overlap >= MUCH_OVERLAP && (
          <p className="mt-0.5 text-xs text-ink-faint">
            {percent(entry.overlap)} of it spoken at the same time
          </p>
        )}
      </Spoken>
    </article>
  );
}

function Names({
  entry,
  speakers,
  me,
}: {
  entry: TurnEntry;
  speakers: Speaker[];
  me: ParticipantId | undefined;
}) {
  if (speakers.length === 0)
    return <span className="font-semibold text-voice">{entry.live ? 'Speaking…' : 'Somebody'}</span>;
  return speakers.map((speaker) => (
    <PersonText key={speaker.participantId} id={speaker.participantId}>
      {speaker.name}
      {speaker.participantId === me && <span className="font-normal text-ink-faint"> you</span>}
      {speakers.length > 1 && <span className="font-normal"> {percent(speaker.share)}</span>}
    </PersonText>
  ));
}

function Faces({ speakers }: { speakers: Speaker[] }) {
  const [first, second] = speakers;
  if (first === undefined)
    return (
      <span className="flex size-8 items-center justify-center rounded-full bg-voice-soft text-voice">
        <AudioLines aria-hidden className="size-4" />
      </span>
    );
  if (second === undefined)
    return <Avatar id={first.participantId} name={first.name} className="size-8 text-[0.6875rem]" />;
  return (
    <span className="relative block size-8">
      <Avatar
        id={first.participantId}
        name={first.name}
        className="absolute top-0 left-0 size-6 text-[0.5625rem]"
      />
      <Avatar
        id={second.participantId}
        name={second.name}
        className="absolute right-0 bottom-0 size-5 text-[0.5rem] ring-2 ring-surface"
      />
    </span>
  );
}

/** Whose voice the turn was, as one stacked bar in the colours of the speakers. */
function ShareBar({ speakers }: { speakers: Speaker[] }) {
  return (
    <span aria-hidden className="my-1.5 flex h-1 w-full max-w-52 gap-0.5 overflow-hidden rounded-full">
      {speakers.map((speaker) => (
        <Share key={speaker.participantId} speaker={speaker} />
      ))}
    </span>
  );
}

function Share({ speaker: { participantId, share } }: { speaker: Speaker }) {
  return <span style={{ flexGrow: Math.max(0.02, share), background: usePersonColor(participantId) }} />;
}
