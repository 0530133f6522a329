import type { ParticipantId } from '@parley/contract';
import { Avatar } from '../../components/Avatar.tsx';
import { PersonText } from '../../components/PersonText.tsx';
import { Spoken } from './Spoken.tsx';
import type { TranscriptEntry } from './transcript.ts';

interface Props {
  entry: Extract<TranscriptEntry, { kind: 'typed' }>;
  me: ParticipantId | undefined;
}

export function TypedRow({ entry, me }: Props) {
  const { itemId, participantId, name, text, at } = entry;
  const names = (
    <PersonText id={participantId}>
      {name}
      <span className="font-normal text-ink-faint">{participantId === me ? ' you, typed' : ' typed'}</span>
    </PersonText>
  );
  return (
    <article
      className="px-2 py-1.5"
      data-testid="transcript-item"
      data-role="user"
      data-kind="typed"
      data-item-id={itemId}
    >
      <Spoken
        face={<Avatar id={participantId} name={name} className="size-8 text-[0.6875rem]" />}
        names={names}
        at={at}
      >
        <p className="w-fit max-w-full rounded-2xl rounded-tl-md bg-sunk px-3.5 py-2 whitespace-pre-wrap">
          {text}
        </p>
      </Spoken>
    </article>
  );
}
