import { EventEmitter } from 'node:events';
import { AppError, newParticipantId, PROTOCOL_VERSION } from '@parley/contract';
import type {
  ClientKind,
  ControlReply,
  ControlRequest,
  EventData,
  MixerId,
  ParticipantId,
  Presence,
  Role,
  RtpWishes,
  SessionId,
  SignalingReply,
  SignalingRequest,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { checkOffer } from './access.ts';
import type { Directory } from './Directory.ts';
import { fact } from './events.ts';
import type { History } from './History.ts';
import { wasRemoved } from './Rights.ts';
import type { Barred, LeaveIf, LiveSession, ParticipantClaims, Seat, SessionStore } from './ports.ts';
import type { Ask, Rooms } from './Rooms.ts';
import { liveView, newSeat, participantView, present } from './views.ts';

export interface MembershipEvents {
  /** A newer connection has taken the seat of this one. */
  replaced: [connection: string];
  /** A connection broke, or is back in time. */
  presence: [sessionId: SessionId, participantId: ParticipantId, away: boolean];
  /** The mixer lost this device's media while its socket may still be here: it must join anew. */
  'media-lost': [sessionId: SessionId, participantId: ParticipantId];
}

export interface MembershipOptions {
  store: SessionStore;
  rooms: Rooms;
  directory: Directory;
  history: History;
  log: Log;
  now: () => number;
  maxParticipants: number;
  /** How long the seat of a broken connection waits for the same participant. */
  reconnectGraceMs: number;
}

/** A seat is held this long for somebody who has a token and no connection yet. */
const RESERVED_MS = 60_000;
/** A seat does not run out while its mixer is being asked. */
const JOINING_MS = 30_000;
const BRIDGE_DEADLINE_MS = 15_000;
/** Events in the answer to a join. */
const JOIN_EVENTS = 1_000;
/** The connection of a plain peer: it has no socket, its mixer says when it is gone. */
const BRIDGE_CONNECTION = 'bridge';

type LeftReason = EventData<'participant:left'>['reason'];

/** Who is in which session: seats are reserved, taken, kept through a reconnect, and given up (H1–H3). */
export class Membership {
  readonly events = new EventEmitter<MembershipEvents>();
  readonly #options: MembershipOptions;

  constructor(options: MembershipOptions) {
    this.#options = options;
    options.rooms.events.on('lost', (session) => {
      this.#dropBridges(session).catch((error: unknown) =>
        options.log.error({ err: error, sessionId: session }, 'bridge participants not removed'),
      );
    });
  }

  /** Reserves a seat for a new participant. Throws `session-full`, `-locked`, `-ended`, `-not-found`. */
  async reserve(session: SessionId, name: string, role: Role, client: ClientKind = 'browser'): Promise<Seat> {
    return this.#reserve(session, newSeat(newParticipantId(), name, role, client), RESERVED_MS);
  }

  /**
   * Lets a socket in: the seat first, then the mixer, then the fact. The same token keeps its participant; a newer
   * connection replaces the older; one that has left or was removed is used up (H17). Throws what `reserve` throws, `bad-token`,
   * `removed`, `protocol-mismatch`, and the mixer's errors.
   */
  async join(
    claims: ParticipantClaims,
    connection: string,
    request: SignalingRequest<'session:join'>,
  ): Promise<Joined> {
    const { rooms, directory, maxParticipants } = this.#options;
    if (request.protocol !== PROTOCOL_VERSION)
      throw new AppError('protocol-mismatch', 'This page is older or newer than the server. Reload it.');
    const { sessionId, participantId, name, role } = claims;
    const resume = request.resume === true;
    const seat = await this.#reserve(sessionId, newSeat(participantId, name, role, 'browser'), JOINING_MS);
    const { routerRtpCapabilities } = await rooms.enter(await directory.live(sessionId), async (ask) => {
      const joined = await ask('participant:join', { sessionId, participantId, name, role, resume });
      if (seat.muted) await ask('participant:mute', { sessionId, participantId, muted: true });
      if (seat.silenced)
        await ask('participant:mute', { sessionId, participantId, muted: true, by: 'owner' });
      return joined;
    });
    const me = await this.#sit(sessionId, seat, connection);
    return {
      session: liveView(await directory.live(sessionId), maxParticipants),
      me: participantView(me),
      routerRtpCapabilities,
      events: await this.#eventsAfter(sessionId, request.afterSeq),
    };
  }

  /** A plain SDP peer, in and negotiated in one go. It stays until its mixer says it is gone. */
  async joinBridge(session: SessionId, name: string, sdp: string): Promise<Joining<'bridge:join'>> {
    const live = await this.#options.directory.live(session);
    checkOffer(sdp);
    return this.#joinPlain(live, name, 'sdp', (ask, who) =>
      ask('bridge:join', { ...who, sdp }, { deadlineMs: BRIDGE_DEADLINE_MS }),
    );
  }

  /** A plain RTP participant. It stays until its mixer says it is gone. Throws `forbidden` for an address of elsewhere. */
  async joinRtp(session: SessionId, name: string, wishes: RtpWishes): Promise<Joining<'rtp:join'>> {
    const live = await this.#options.directory.live(session);
    return this.#joinPlain(live, name, 'rtp', (ask, who) => ask('rtp:join', { ...who, wishes }));
  }

  async #joinPlain<Reply>(
    live: LiveSession,
    name: string,
    client: ClientKind,
    join: (ask: Ask, who: Who) => Promise<Reply>,
  ): Promise<Reply & { participantId: ParticipantId }> {
    const session = live.id;
    const seat = await this.reserve(session, name, 'speaker', client);
    const who = { sessionId: session, participantId: seat.id, name, role: seat.role };
    try {
      const reply = await this.#options.rooms.enter(live, (ask) => join(ask, who));
      await this.#sit(session, seat, BRIDGE_CONNECTION);
      return { ...reply, participantId: seat.id };
    } catch (error) {
      await this.leave(session, seat, { kind: 'any' }, 'disconnected');
      throw error;
    }
  }

  /** The connection broke: the seat waits for the same participant. */
  async detach(session: SessionId, participant: ParticipantId, connection: string): Promise<void> {
    const until = this.#options.now() + this.#options.reconnectGraceMs;
    if (await this.#options.store.detach(session, participant, connection, until))
      this.events.emit('presence', session, participant, true);
  }

  /** Whose connection is broken now, of those who are in the session. */
  async presence(session: SessionId): Promise<Presence[]> {
    const seats = present((await this.#options.store.find(session))?.seats ?? []);
    return seats.map(({ id, state }) => ({ participantId: id, away: state === 'away' }));
  }

  /** Takes the seat away if the condition holds, and tells the mixer. False when there was nothing to take. */
  async leave(
    session: SessionId,
    who: Pick<Seat, 'id' | 'name'>,
    condition: LeaveIf,
    reason: LeftReason,
    by?: ParticipantId | null,
  ): Promise<boolean> {
    const { store, rooms, now } = this.#options;
    const data = { participantId: who.id, name: who.name, reason, ...(by === undefined ? {} : { by }) };
    const left = fact('participant:left', session, now(), data);
    const taken = await store.leave(session, who.id, condition, left);
    if (!taken) return false;
    await rooms.remove(session, who.id);
    return true;
  }

  async mute(session: SessionId, participant: ParticipantId, muted: boolean): Promise<{ muted: boolean }> {
    await this.#options.rooms.mute(session, participant, muted);
    const told = fact('participant:muted', session, this.#options.now(), {
      participantId: participant,
      muted,
    });
    if ((await this.#options.store.mute(session, told)) === 'missing')
      throw new AppError('participant-not-found', 'You are not in this session any more. Join again.');
    return { muted };
  }

  /** A mixer says that a device's media is gone for good. Others than the session's own mixer are not believed. */
  async gone(
    session: SessionId,
    participant: ParticipantId,
    mixer: MixerId,
    reason: LeftReason = 'disconnected',
  ): Promise<void> {
    const live = await this.#options.store.find(session);
    const seat = live?.seats.find(({ id }) => id === participant);
    if (!seat || live?.mixer !== mixer) return;
    if (seat.client !== 'browser') await this.leave(session, seat, { kind: 'any' }, reason);
    else this.events.emit('media-lost', session, participant);
  }

  async #reserve(session: SessionId, seat: Seat, forMs: number): Promise<Seat> {
    const { store, maxParticipants, now, directory } = this.#options;
    const result = await store.reserve(session, seat, maxParticipants, now() + forMs);
    if (result.outcome === 'missing') return directory.refuse(session);
    if (!('seat' in result)) throw this.#barred(result);
    return result.seat;
  }

  async #sit(session: SessionId, seat: Seat, connection: string): Promise<Seat> {
    const { store, maxParticipants, now, directory } = this.#options;
    const { id: participantId, name, role, client } = seat;
    const at = now();
    const joined = fact('participant:joined', session, at, { participantId, name, role, client });
    const taking: Seat = { ...seat, state: 'connected', connection, joinedAt: at };
    const result = await store.join(session, taking, maxParticipants, joined);
    if (result.outcome === 'missing') return directory.refuse(session);
    if (!('seat' in result)) {
      await this.#options.rooms.remove(session, participantId);
      throw this.#barred(result);
    }
    if (result.outcome === 'resumed') this.events.emit('presence', session, participantId, false);
    if (result.previous !== '' && result.previous !== connection)
      this.events.emit('replaced', result.previous);
    return result.seat;
  }

  /** A join does not fail for want of history: the page sees the gap and asks again. */
  async #eventsAfter(session: SessionId, after: number): Promise<EventsOf> {
    try {
      return (await this.#options.history.page(session, { after, limit: JOIN_EVENTS })).events;
    } catch (error) {
      this.#options.log.warn({ err: error, sessionId: session }, 'join without history');
      return [];
    }
  }

  /** With the room went the plain peers: they have no socket to be told by and must join anew. */
  async #dropBridges(session: SessionId): Promise<void> {
    const seats = (await this.#options.store.find(session))?.seats ?? [];
    for (const seat of seats) {
      if (seat.client !== 'browser' && seat.state === 'connected')
        await this.leave(
          session,
          seat,
          { kind: 'connection', connection: BRIDGE_CONNECTION },
          'disconnected',
        );
    }
  }

  #barred({ outcome }: Barred): AppError {
    const max = this.#options.maxParticipants;
    switch (outcome) {
      case 'full':
        return new AppError(
          'session-full',
          `The session is full (${max} of ${max}). Wait until somebody leaves.`,
        );
      case 'locked':
        return new AppError('session-locked', 'The owner has locked this session: nobody new may join.');
      case 'left':
        return new AppError('bad-token', 'You have left this session with this token. Join again.');
      case 'removed':
        return wasRemoved();
      default:
        return outcome satisfies never;
    }
  }
}

type Joined = Omit<SignalingReply<'session:join'>, 'iceServers'>;
type Joining<Name extends 'bridge:join' | 'rtp:join'> = ControlReply<Name> & { participantId: ParticipantId };
type Who = Pick<ControlRequest<'bridge:join'>, 'sessionId' | 'participantId' | 'name' | 'role'>;
type EventsOf = SignalingReply<'session:join'>['events'];
