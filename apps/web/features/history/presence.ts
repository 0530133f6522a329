import type { ParticipantId, SessionEvent } from '@parley/contract';

/** A stretch of time, in milliseconds since the epoch. */
export interface Stretch {
  from: number;
  to: number;
}

export interface Attendance {
  id: ParticipantId;
  name: string;
  /** When this participant was in the room, in order. */
  there: Stretch[];
  /** When this participant spoke, as near as it can be told. */
  spoke: Stretch[];
  typed: number;
  /** Sum of `spoke`, each turn counted by this voice's share. */
  spokenMs: number;
}

export interface Attended {
  people: Attendance[];
  /** When the assistant was heard. */
  replies: Stretch[];
  from: number;
  to: number;
}

/**
 * Who was there and who spoke when, from the events of a session in order. A turn's own times count audio, not the
 * clock: it is placed so that it ends when it was completed.
 */
export function attendanceOf(events: readonly SessionEvent[], endedAt: number): Attended {
  const people = new Map<ParticipantId, Attendance>();
  const since = new Map<ParticipantId, number>();
  const replies: Stretch[] = [];
  const person = (id: ParticipantId, name: string): Attendance => {
    const known = people.get(id) ?? { id, name, there: [], spoke: [], typed: 0, spokenMs: 0 };
    people.set(id, known);
    return known;
  };
  for (const event of events) {
    switch (event.type) {
      case 'participant:joined':
        person(event.data.participantId, event.data.name);
        if (!since.has(event.data.participantId)) since.set(event.data.participantId, event.at);
        break;
      case 'participant:left': {
        const { participantId, name } = event.data;
        const from = since.get(participantId);
        since.delete(participantId);
        if (from !== undefined) person(participantId, name).there.push({ from, to: event.at });
        break;
      }
      case 'turn:completed':
        for (const { participantId, name, share } of event.data.speakers) {
          const lengthMs = event.data.endMs - event.data.startMs;
          const speaker = person(participantId, name);
          speaker.spoke.push({ from: event.at - lengthMs, to: event.at });
          speaker.spokenMs += lengthMs * share;
        }
        break;
      case 'text:sent':
        person(event.data.participantId, event.data.name).typed += 1;
        break;
      case 'reply:completed':
        replies.push({ from: event.at - event.data.heardMs, to: event.at });
        break;
      default:
    }
  }
  for (const [id, from] of since) people.get(id)?.there.push({ from, to: endedAt });
  return { people: [...people.values()], replies, from: events[0]?.at ?? endedAt, to: endedAt };
}

export const totalMs = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
