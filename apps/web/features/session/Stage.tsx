'use client';
import { UserPlus } from 'lucide-react';
import { memo, type CSSProperties } from 'react';
import type { Microphone } from '../../lib/audio/Microphone.ts';
import { AssistantView } from './AssistantView.tsx';
import { ASSISTANT, type LevelBoard } from './LevelBoard.ts';
import { fromMySide, seatPlaces, type SeatPlace } from './seating.ts';
import { SeatView } from './SeatView.tsx';
import type { RoomModel } from './roomModel.ts';
import type { RemoteTrack } from './MediaPort.ts';

interface Props {
  levels: LevelBoard;
  room: Pick<RoomModel, 'session' | 'me' | 'participants' | 'sources' | 'assistant' | 'assistantProducerId'>;
  muted: boolean;
  microphone: Microphone;
  tracks: RemoteTrack[];
  volumes: ReadonlyMap<string, number>;
  onVolume: (participantId: string, volume: number) => void;
  onInvite: () => void;
}

const placed = (place: SeatPlace | undefined) =>
  ({ '--seat-x': `${place?.x ?? 50}%`, '--seat-y': `${place?.y ?? 50}%` }) as CSSProperties;

/** Everybody around one table, with the assistant in the middle. */
export const Stage = memo(function Stage({
  levels,
  room,
  muted,
  microphone,
  tracks,
  volumes,
  onVolume,
  onInvite,
}: Props) {
  const people = fromMySide(room.participants, room.me.id);
  const chair = people.length < room.session.maxParticipants;
  const places = seatPlaces(people.length + (chair ? 1 : 0));
  const heard = new Set(room.sources.map((source) => source.participantId));
  // Before the room has told who is heard, nobody is said to be silent.
  const known = room.assistantProducerId !== null;
  const assistantTrack = tracks.find((track) => track.voice === ASSISTANT)?.track ?? null;
  return (
    <section
      aria-label="The table"
      className="relative shrink-0 px-3 pt-3 [grid-area:stage] sm:px-5 sideways:min-h-0 sideways:overflow-y-auto lg:mx-auto lg:min-h-0 lg:w-full lg:max-w-6xl lg:p-0"
    >
      <div
        aria-hidden
        className="absolute inset-x-[9%] inset-y-[11%] hidden rounded-[50%] border border-table-edge bg-table lg:block"
      />
      <AssistantView
        levels={levels}
        assistant={room.assistant}
        name={room.session.agentName}
        track={assistantTrack}
      />
      <ul
        className="table-seats py-2 max-lg:-mx-3 max-lg:px-3"
        aria-label={`Participants (${room.participants.length})`}
      >
        {people.map((person, index) => {
          const isMe = person.id === room.me.id;
          return (
            <li key={person.id} className="table-seat" style={placed(places[index])}>
              <SeatView
                levels={levels}
                person={person}
                isMe={isMe}
                muted={(isMe ? muted : person.muted) || person.silenced}
                hasVoice={!known || heard.has(person.id)}
                small={people.length > 8}
                microphone={microphone}
                volume={volumes.get(person.id) ?? 1}
                onVolume={(volume) => onVolume(person.id, volume)}
              />
            </li>
          );
        })}
        {chair && (
          <li className="table-seat" style={placed(places[people.length])}>
            <button
              type="button"
              onClick={onInvite}
              className="flex w-20 flex-col items-center gap-1.5 rounded-2xl p-1.5 text-ink-faint transition-colors hover:text-ink lg:w-24"
            >
              <span className="flex size-12 items-center justify-center rounded-full border-2 border-dashed border-line-strong/70 lg:size-14">
                <UserPlus aria-hidden className="size-5" />
              </span>
              <span className="text-[0.8125rem] lg:text-sm">Invite</span>
            </button>
          </li>
        )}
      </ul>
    </section>
  );
});
