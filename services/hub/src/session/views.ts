import type { ClientKind, ParticipantId, ParticipantView, Role, SessionView } from '@parley/contract';
import type { ArchivedSession, LiveSession, Seat } from './ports.ts';

export function participantView({
  id,
  name,
  role,
  client,
  muted,
  joinedAt,
}: ParticipantView): ParticipantView {
  return { id, name, role, client, muted, joinedAt };
}

/** A seat nobody has taken yet. */
export function newSeat(id: ParticipantId, name: string, role: Role, client: ClientKind): Seat {
  return { id, name, role, client, muted: false, joinedAt: 0, state: 'reserved', connection: '' };
}

/** Those who are in, in the order they came: a reserved seat is nobody yet. */
export function present(seats: readonly Seat[]): Seat[] {
  return seats.filter((seat) => seat.state !== 'reserved').sort((a, b) => a.joinedAt - b.joinedAt);
}

export function liveView(session: LiveSession, maxParticipants: number): SessionView {
  const participants = present(session.seats).map(participantView);
  return {
    ...session.settings,
    id: session.id,
    state: 'live',
    createdAt: session.createdAt,
    endedAt: null,
    endReason: null,
    participantCount: participants.length,
    maxParticipants,
    participants,
  };
}

/** An ended session: its participants are all who took part. */
export function endedView(session: ArchivedSession, maxParticipants: number): SessionView {
  return {
    ...session.settings,
    id: session.id,
    state: 'ended',
    createdAt: session.createdAt,
    endedAt: session.endedAt,
    endReason: session.endReason,
    participantCount: session.participants.length,
    maxParticipants,
    participants: session.participants.map(participantView),
  };
}
