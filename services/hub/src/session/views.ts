import type { ClientKind, ParticipantId, ParticipantView, Role, SessionView } from '@parley/contract';
import type { ArchivedSession, LiveSession, Seat } from './ports.ts';

export function participantView({
  id,
  name,
  role,
  client,
  muted,
  silenced,
  joinedAt,
}: Omit<ParticipantView, 'away'>): ParticipantView {
  return { id, name, role, client, muted, silenced, away: false, joinedAt };
}

/** A seat nobody has taken yet. */
export function newSeat(id: ParticipantId, name: string, role: Role, client: ClientKind): Seat {
  const silent = { muted: false, silenced: false };
  return { id, name, role, client, ...silent, joinedAt: 0, state: 'reserved', connection: '' };
}

/** Those who are in, in the order they came: a reserved seat is nobody yet. */
export function present(seats: readonly Seat[]): Seat[] {
  return seats.filter((seat) => seat.state !== 'reserved').sort((a, b) => a.joinedAt - b.joinedAt);
}

export function liveView(session: LiveSession, maxParticipants: number): SessionView {
  const participants = present(session.seats).map((seat) => ({
    ...participantView(seat),
    away: seat.state === 'away',
  }));
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
    locked: session.locked,
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
    locked: false,
  };
}

/** What those may see of a session who have no token of it: enough to choose it and to join. */
export function publicView(view: SessionView): SessionView {
  return { ...view, systemPrompt: '', conversationId: null, costUsd: null };
}
