import type {
  ControlCommand,
  ControlReply,
  ControlRequest,
  DeskRequest,
  EndReason,
  EventType,
  JobId,
  JobView,
  MixerId,
  MixerRecord,
  MoveReason,
  NewEvent,
  ParticipantId,
  ParticipantView,
  Role,
  SessionEvent,
  SessionId,
  SessionSettings,
} from '@parley/contract';

/** One device's place in a live session. `connection` names the socket that holds it, '' while none does. */
export interface Seat extends Omit<ParticipantView, 'away'> {
  state: 'reserved' | 'connected' | 'away';
  connection: string;
}

export interface LiveSession {
  id: SessionId;
  settings: SessionSettings;
  createdAt: number;
  /** The mixer that has the room, or null while there is none. */
  mixer: MixerId | null;
  /** Grows with each claim of the room; 0 while none ever had it. */
  epoch: number;
  /** Nobody new may come in, but owners. */
  locked: boolean;
  seats: Seat[];
}

/** A room that was lost: since when (ms since the epoch), and why. */
export interface Loss {
  at: number;
  why: MoveReason;
}

/** A mixer that has a room, and the how many-th claim of it that was; 0 when that is not known. */
export interface Place {
  mixer: MixerId;
  epoch: number;
}

/** Who has a room now. `claimed`: since this very call; `former` is the mixer that had it before, if any. */
export type Placed =
  (Place & { outcome: 'found' }) | (Place & { outcome: 'claimed'; former: MixerId | null });

/** Who a signed token stands for. */
export interface ParticipantClaims {
  sessionId: SessionId;
  participantId: ParticipantId;
  role: Role;
  name: string;
}

/** Whose token it is; no participant's when it is the owner token itself. */
export interface Holder {
  sessionId: SessionId;
  participantId: ParticipantId | null;
}

/** Who acts on jobs; nobody's seat when it is the owner token itself. */
export interface JobActor {
  participantId: ParticipantId | null;
  name: string | null;
  role: Role;
}
export type Act = Extract<DeskRequest, { type: 'act' }>['act'];

/** The tools, wherever they run. */
export interface JobDesk {
  /** Throws what the tools refuse, or `no-tools` when they do not answer in time: then nothing was done. */
  act(session: SessionId, by: JobActor, act: Act): Promise<unknown>;
  /** Its jobs are to stop. Kept for the tools when they are away. */
  sessionEnded(session: SessionId): Promise<void>;
}

export type Artifact = 'result' | 'patch' | 'zip';
/** What jobs brought, as long as it is kept. */
export interface Artifacts {
  read(jobId: JobId, name: Artifact): Promise<Buffer | undefined>;
}

/** Signs and checks tokens. Every check throws `bad-token`. */
export interface Tokens {
  forOwner(sessionId: SessionId): Promise<string>;
  forParticipant(claims: ParticipantClaims): Promise<string>;
  /** For reading what was said, long after the session. */
  forHistory(claims: Pick<ParticipantClaims, 'sessionId' | 'participantId'>): Promise<string>;
  participant(token: string): Promise<ParticipantClaims>;
  /** An owner token, or a participant's with the role `owner`. */
  owner(token: string): Promise<Holder>;
  /** Any token of the session. */
  reader(token: string): Promise<Holder>;
  /** Who acts by it: a participant, or whoever has the owner token. Not one that only reads. */
  actor(token: string): Promise<JobActor & { sessionId: SessionId }>;
  /** For whoever watches the server itself, through its pages; `session` when an owner token opened them. */
  forAdmin(session: SessionId | null): Promise<string>;
  admin(token: string): Promise<{ session: SessionId | null }>;
}

type Missing = { outcome: 'missing' };
/**
 * Why there is no seat: all are taken, the session is locked for who is new, or this participant has left or was removed
 * and its token is used up.
 */
export type Barred = { outcome: 'full' | 'locked' | 'left' | 'removed' };
/** Whose seat may be taken away: anybody's, only while this connection holds it, or only when its time is over. */
export type LeaveIf =
  { kind: 'any' } | { kind: 'connection'; connection: string } | { kind: 'due'; at: number };
/** New settings and the fact about them. */
export interface Configured {
  settings: SessionSettings;
  configured: NewEvent<'session:configured'>;
}
export type EndIf = { kind: 'any' } | { kind: 'empty-since'; at: number };

/**
 * Live sessions. Each call is one atomic step, shared by all hubs, and harmless when repeated. Where a step changes
 * what others must know, its fact enters the event log in the same step: there is no state without its fact.
 */
export interface SessionStore {
  /** False when the ID is taken. */
  create(session: LiveSession, created: NewEvent<'session:created'>): Promise<boolean>;
  find(id: SessionId): Promise<LiveSession | undefined>;
  findAll(ids: readonly SessionId[]): Promise<LiveSession[]>;
  /** Newest first, beginning after `before`. */
  listIds(before: { createdAt: number; id: string } | null, limit: number): Promise<SessionId[]>;
  /** Holds a seat until `until`; a seat that is there already is kept at least so long. */
  reserve(
    id: SessionId,
    seat: Seat,
    max: number,
    until: number,
  ): Promise<Missing | Barred | { outcome: 'reserved' | 'kept'; seat: Seat }>;
  /** Gives the seat to a connection. `previous` is the connection that held it, or ''. */
  join(
    id: SessionId,
    seat: Seat,
    max: number,
    joined: NewEvent<'participant:joined'>,
  ): Promise<Missing | Barred | { outcome: 'joined' | 'resumed'; seat: Seat; previous: string }>;
  /** The connection is gone; the seat waits until `until`. False when another connection holds it. */
  detach(id: SessionId, participant: ParticipantId, connection: string, until: number): Promise<boolean>;
  /** Takes the seat away; the fact is told unless it was only reserved. Returns the seat that was taken. */
  leave(
    id: SessionId,
    participant: ParticipantId,
    condition: LeaveIf,
    left: NewEvent<'participant:left'>,
  ): Promise<Seat | undefined>;
  mute(id: SessionId, muted: NewEvent<'participant:muted'>): Promise<'missing' | 'unchanged' | 'changed'>;
  silence(
    id: SessionId,
    silenced: NewEvent<'participant:silenced'>,
  ): Promise<'missing' | 'unchanged' | 'changed'>;
  lock(id: SessionId, locked: NewEvent<'session:locked'>): Promise<'missing' | 'unchanged' | 'changed'>;
  /** Why a participant of a live session has no seat any more, if it had one. */
  former(id: SessionId, participant: ParticipantId): Promise<'left' | 'removed' | 'disconnected' | undefined>;
  /**
   * Puts in what `change` makes of the settings, which it is shown as they are; asked anew when somebody else changed
   * them meanwhile. Undefined from it leaves them. `mixer` has the room now.
   */
  configure(
    id: SessionId,
    change: (settings: SessionSettings) => Configured | undefined,
  ): Promise<
    Missing | { outcome: 'unchanged' | 'changed'; settings: SessionSettings; mixer: MixerId | null }
  >;
  /**
   * `left` holds the fact for everybody who sits there; 'changed' when somebody came since they were read. `mixer` had
   * the room in the end.
   */
  end(
    id: SessionId,
    condition: EndIf,
    left: readonly NewEvent<'participant:left'>[],
    ended: NewEvent<'session:ended'>,
  ): Promise<{ outcome: 'missing' | 'kept' | 'changed' } | { outcome: 'ended'; mixer: MixerId | null }>;
  /** Claims the session's room for a mixer unless it has one. A room that was lost before is told to have moved. */
  place(
    id: SessionId,
    mixer: MixerId,
    moved: (loss: Loss) => NewEvent<'room:moved'>,
  ): Promise<Missing | Placed>;
  /** Frees the room if it is still there, by that claim. With a loss it waits to be placed anew. */
  unplace(id: SessionId, place: Place, loss: Loss | null): Promise<boolean>;
  /** Sessions whose room is at this mixer. */
  placedAt(mixer: MixerId): Promise<SessionId[]>;
  /** Some of the sessions whose room was lost and that have none yet. */
  homeless(limit: number): Promise<SessionId[]>;
  /** Seats whose time is over at `now`. */
  dueSeats(now: number, limit: number): Promise<{ sessionId: SessionId; participantId: ParticipantId }[]>;
  /** Sessions that nobody has been in since `before`. */
  emptySince(before: number, limit: number): Promise<SessionId[]>;
  /** Keeps this hub's lease; connections of a hub whose lease has ended are lost. */
  renewHub(hub: string, until: number): Promise<void>;
  lapsedHubs(now: number): Promise<string[]>;
  forgetHub(hub: string): Promise<void>;
}

/** Gives facts their place in the log. */
export interface EventLog {
  append(event: NewEvent): Promise<number>;
}

/** The part of the log that may not be in Postgres yet. */
export interface EventTail {
  /** The last seq given in a session, or undefined when the log does not know (long ended, or lost). */
  head(id: SessionId): Promise<number | undefined>;
  /** Every event of the session that waits for the writer, in order. */
  unwritten(id: SessionId): Promise<SessionEvent[]>;
}

/** A session as the archive has it; participants are all who ever took part, in the order they came. */
export interface ArchivedSession {
  id: SessionId;
  settings: SessionSettings;
  createdAt: number;
  endedAt: number | null;
  endReason: EndReason | null;
  participants: ParticipantView[];
}

/** Postgres, read only. Throws `not-ready` while it is away. */
export interface Archive {
  /** 0 when it has none of the session. */
  lastSeq(id: SessionId): Promise<number>;
  events(
    id: SessionId,
    query: { after: number; types?: readonly EventType[] | undefined; limit: number },
  ): Promise<SessionEvent[]>;
  session(id: SessionId): Promise<ArchivedSession | undefined>;
  /** Its jobs, by number. */
  jobs(id: SessionId): Promise<JobView[]>;
  /** Ended sessions, newest first, beginning after `before`. */
  listEnded(before: { createdAt: number; id: string } | null, limit: number): Promise<ArchivedSession[]>;
  /** Whether an owner has removed this participant. */
  wasRemoved(id: ParticipantId): Promise<boolean>;
  /** US dollars, as far as it is known what responses cost. */
  spentUsd(id: SessionId): Promise<number>;
  /** Sessions created before `before` that never got an end. */
  open(before: number, limit: number): Promise<SessionId[]>;
}

/** An entry of the log that could not be stored. */
export interface DeadEvent {
  entry: string;
  /** Why. */
  reason: string;
  /** Milliseconds since the epoch: when it was set aside. */
  at: number;
  seq: string | null;
  /** As it was written. */
  body: string;
}

export interface DeadEvents {
  /** The newest first. */
  page(offset: number, limit: number): Promise<{ total: number; events: DeadEvent[] }>;
}

export interface CommandOptions {
  deadlineMs?: number;
}

/** Asks a mixer. Rejects with the mixer's own error, `no-mixer` when nobody listens, or `mixer-timeout`. */
export interface MixerGateway {
  command<Name extends ControlCommand>(
    mixer: MixerId,
    name: Name,
    body: ControlRequest<Name>,
    options?: CommandOptions,
  ): Promise<ControlReply<Name>>;
}

export interface MixerRegistry {
  get(id: MixerId): Promise<MixerRecord | undefined>;
  list(): Promise<MixerRecord[]>;
}

/** Tells dead mixers from living ones. */
export interface MixerWatch {
  /** Every mixer that was there once and is not any more. Called again and again. */
  gone(): Promise<MixerId[]>;
  /** Nothing is known or placed there any more. */
  forget(id: MixerId): Promise<void>;
}

/** Redis channels: messages between processes that may be lost. */
export interface Channels {
  /** Resolves when subscribed. */
  subscribe(channel: string, handler: (message: string) => void): Promise<void>;
  /** Resolves with how many listened. */
  publish(channel: string, message: string): Promise<number>;
  /** Runs after a reconnect: messages may have been missed. */
  onResumed(handler: () => void): void;
}

/** Redis, as those see it who wait for an answer: without it there is none, and they are told so at once. */
export interface Memory {
  readonly isThere: boolean;
  /** Runs whenever it goes away. Returns the undo. */
  onLost(handler: () => void): () => void;
}

/** How often one address may do what; both checks throw `rate-limited` (H21). */
export interface Limits {
  /** Counts one. */
  spend(what: 'socket', address: string): Promise<void>;
  /** Counts nothing. */
  check(what: 'guess', address: string): Promise<void>;
  /** A token was wrong. */
  guessed(address: string): void;
}

/** What is counted and timed. */
export interface Measures {
  command(name: string, outcome: string, ms: number): void;
  mixerCommand(name: string, outcome: string, ms: number): void;
  /** `agesMs`: how long ago each event of the batch had happened. */
  eventsWritten(count: number, batchMs: number, agesMs: readonly number[]): void;
  eventsDead(count: number): void;
  writerFailed(): void;
  sockets(change: 1 | -1): void;
}
