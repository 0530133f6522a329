import type { RoomModel } from './roomModel.ts';
import type { TranscriptEntry } from '../transcript/transcript.ts';

function wordsOf(entry: TranscriptEntry, agentName: string): string | undefined {
  switch (entry.kind) {
    case 'moment':
      return entry.text;
    case 'job':
      return `Job ${entry.number} was begun: ${entry.task}`;
    case 'typed':
      return `${entry.name} wrote: ${entry.text}`;
    case 'turn':
      return entry.live
        ? undefined
        : `${entry.speakers.map((speaker) => speaker.name).join(', ')}: ${entry.text}`;
    default:
      return entry.live ? undefined : `${agentName}: ${entry.text}`;
  }
}

/** Tells screen readers what is finished; words that still grow would be read again and again. */
export function Announcer({ room, muted }: { room: RoomModel; muted: boolean }) {
  const last = room.transcript.findLast((entry) => wordsOf(entry, room.session.agentName) !== undefined);
  return (
    <div className="sr-only">
      <p aria-live="polite">{last === undefined ? '' : wordsOf(last, room.session.agentName)}</p>
      <p aria-live="polite">{muted ? 'Your microphone is muted' : 'Your microphone is live'}</p>
      <p aria-live="polite">{`${room.session.agentName}: ${room.assistant.phase}`}</p>
    </div>
  );
}
