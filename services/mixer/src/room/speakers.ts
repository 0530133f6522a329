import type { EventData, ParticipantId } from '@parley/contract';
import type { InputTimeline } from '../audio/InputTimeline.ts';

type Attribution = Pick<EventData<'turn:completed'>, 'speakers' | 'overlap'>;

/** Who spoke between two moments of the input, by name. `names` keeps those who have left. */
export function speakersOf(
  timeline: InputTimeline,
  names: ReadonlyMap<ParticipantId, string>,
  { startMs, endMs }: { startMs: number; endMs: number },
): Attribution {
  const { speakers, overlap } = timeline.turn(startMs, endMs);
  const named = speakers.map((speaker) => ({
    ...speaker,
    name: names.get(speaker.participantId) ?? 'Somebody',
  }));
  return { speakers: named, overlap };
}
