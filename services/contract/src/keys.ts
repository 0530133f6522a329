import type { EventId, HubId, MixerId, SessionId } from './ids.ts';

/**
 * Every Redis key and channel, with its owner and how long it lives. No other file spells one.
 * Streams and scripts span several keys: one Redis, not a cluster.
 */
export const keys = {
  /** Hash: settings and state of a live session. Owner: hub. Deleted when the session has ended. */
  session: (id: SessionId) => `parley:session:${id}:session`,
  /** Hash participant ID → JSON of a ParticipantView. Owner: hub. Deleted with the session. */
  participants: (id: SessionId) => `parley:session:${id}:participants`,
  /**
   * Hash participant ID → why it is no longer in (`left`, `removed`, `disconnected`). Owner: hub. Deleted with the session.
   */
  formerParticipants: (id: SessionId) => `parley:session:${id}:former`,
  /** Counter: the last `seq` given. Owner: whoever appends. Expires an hour after the session has ended. */
  seq: (id: SessionId) => `parley:session:${id}:seq`,
  /** The `seq` an event ID got, so that a repeated append is answered, not repeated. Expires after 10 minutes. */
  eventSeen: (id: SessionId, event: EventId) => `parley:session:${id}:event:${event}`,
  /** Sorted set of live sessions by creation time. Owner: hub. */
  liveSessions: 'parley:sessions:live',
  /** Sorted set of live sessions nobody is in, by the time the last one left. Owner: hub. */
  emptySessions: 'parley:sessions:empty',
  /** Sorted set of "session participant" by the time when an unused or forsaken seat is given up. Owner: hub. */
  departures: 'parley:departures',
  /** Sorted set of hub IDs by the end of their lease; a hub that let it lapse has lost its sockets. */
  hubs: 'parley:hubs',
  /** Stream of all durable events on their way to Postgres. Trimmed by the writer after commit. */
  events: 'parley:events',
  /** Which hub writes events to Postgres now. Expires with its lease. */
  eventWriter: 'parley:events:writer',
  /** List of entries the writer could not use, with the error. Kept for a person to look at. */
  deadEvents: 'parley:events:dead',
  /** Channel: every durable event once more, for live clients. */
  eventChannel: 'parley:facts',
  /** Channel: an appender found no counter for this session ID; a hub restores it from Postgres. */
  seqWanted: 'parley:seq-wanted',
  /** Set of mixer IDs that ever registered; stale ones are removed when found without a record. */
  mixers: 'parley:mixers',
  /** JSON of a MixerRecord. Owner: that mixer. Expires with its lease. */
  mixer: (id: MixerId) => `parley:mixer:${id}`,
  /** Channel of commands to one mixer. */
  mixerCommands: (id: MixerId) => `parley:mixer:${id}:commands`,
  /** Channel of answers to one hub. */
  hubAnswers: (id: HubId) => `parley:hub:${id}:answers`,
  /** Channel of MixerSignals to every hub. */
  mixerSignals: 'parley:mixer-signals',
  /** Stream that socket.io's adapter uses between hubs; trimmed by the adapter. */
  socketStream: 'parley:socket.io',
  /** Prefix of the channels that socket.io's adapter uses between hubs. */
  socketChannels: 'parley:socket.io',
  /** Prefix of the counters of requests per address and minute. Expire after that minute. */
  rateLimit: 'parley:rate',
} as const;

/** Consumer group of the event writer on `keys.events`. */
export const EVENT_WRITER_GROUP = 'writer';

/** Where a durable event goes in one step: the stream, its session's counter, the memory of its ID, the channel. */
export const eventPlace = (sessionId: SessionId, event: EventId) => ({
  stream: keys.events,
  counter: keys.seq(sessionId),
  seen: keys.eventSeen(sessionId, event),
  channel: keys.eventChannel,
});
