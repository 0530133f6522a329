import type { EventId, HubId, JobId, MixerId, SessionId } from './ids.ts';

/**
 * Every Redis key and channel, with its owner and how long it lives. No other file spells one. When a session has ended,
 * what is left of it is its counter and the memory of its latest events, and both run out by themselves.
 * Streams and scripts span several keys: one Redis, not a cluster.
 */
export const keys = {
  /** Hash: settings, mixer and lock of a live session. Owner: hub. Deleted when the session has ended. */
  session: (id: SessionId) => `parley:session:${id}:session`,
  /** Hash participant ID → JSON of a Seat. Owner: hub. Deleted with the session. */
  participants: (id: SessionId) => `parley:session:${id}:participants`,
  /**
   * Hash participant ID → why it is no longer in (`left`, `removed`, `disconnected`). Owner: hub. Deleted with the session.
   */
  formerParticipants: (id: SessionId) => `parley:session:${id}:former`,
  /**
   * Hash: which mixer had the room last, and its epoch, which grows with every time it is given; `lostAt` and
   * `why` while a lost room waits for one. Owner: hub. Expires an hour after the session has ended.
   */
  placement: (id: SessionId) => `parley:session:${id}:placement`,
  /** Counter: the last `seq` given. Owner: whoever appends. Expires an hour after the session has ended. */
  seq: (id: SessionId) => `parley:session:${id}:seq`,
  /** The `seq` an event ID got, so that a repeated append is answered, not repeated. Expires after 10 minutes. */
  eventSeen: (id: SessionId, event: EventId) => `parley:session:${id}:event:${event}`,
  /** Sorted set of live sessions by creation time. Owner: hub. A session's entry goes when it ends. */
  liveSessions: 'parley:sessions:live',
  /** Sorted set of live sessions nobody is in, by the time the last one left. Owner: hub. Goes with the entry above. */
  emptySessions: 'parley:sessions:empty',
  /**
   * Sorted set of "session participant" by the time when an unused or forsaken seat is given up. Owner: hub. An
   * entry goes when its seat is taken or given up, or the session ends.
   */
  departures: 'parley:departures',
  /** Sorted set of "mixer session", for each room that is placed. Owner: hub. */
  rooms: 'parley:rooms',
  /** Set of live sessions whose room was lost and is to be placed anew. Owner: hub. */
  homelessRooms: 'parley:rooms:homeless',
  /** Sorted set of hub IDs by the end of their lease. Owner: each hub; one that let it lapse is removed by the others. */
  hubs: 'parley:hubs',
  /** Stream of all durable events on their way to Postgres. Owner: the writer, who deletes what is committed. No TTL. */
  events: 'parley:events',
  /** Which hub writes events to Postgres now. Owner: that hub. Expires with its lease. */
  eventWriter: 'parley:events:writer',
  /** List of entries the writer could not use, with the error. Owner: the writer. The newest 10,000; for a person. */
  deadEvents: 'parley:events:dead',
  /** Channel: every durable event once more, for live clients. */
  eventChannel: 'parley:facts',
  /** Channel: an appender found no counter for this session ID; a hub restores it from Postgres. */
  seqWanted: 'parley:seq-wanted',
  /** Set of mixer IDs that ever registered; a hub removes those that have neither a record nor a room. */
  mixers: 'parley:mixers',
  /** JSON of a MixerRecord. Owner: that mixer. Expires with its lease. */
  mixer: (id: MixerId) => `parley:mixer:${id}`,
  /** Channel of commands to one mixer. */
  mixerCommands: (id: MixerId) => `parley:mixer:${id}:commands`,
  /** Channel of answers to one hub. */
  hubAnswers: (id: HubId) => `parley:hub:${id}:answers`,
  /** Channel of MixerSignals to every hub. */
  mixerSignals: 'parley:mixer-signals',
  /** Stream that socket.io's adapter uses between hubs. Owner: the adapter, which keeps about the newest 10,000. */
  socketStream: 'parley:socket.io',
  /** Prefix of the channels that socket.io's adapter uses between hubs. */
  socketChannels: 'parley:socket.io',
  /**
   * Hash: job ID → JSON of a JobRecord, `#7` → ID of job 7, `desk` → JSON of what counts for all jobs of the session.
   * Owner: tools. Expires a day after the session has ended.
   */
  jobs: (id: SessionId) => `parley:session:${id}:jobs`,
  /** Hash job ID → JSON of the call's arguments, as long as the job has not ended. Owner: tools. Expires with the jobs. */
  jobArguments: (id: SessionId) => `parley:session:${id}:job-arguments`,
  /** Hash call ID → what the model was answered, so that a repeat is answered alike. Owner: tools. Expires with the jobs. */
  calls: (id: SessionId) => `parley:session:${id}:calls`,
  /** Sorted set of "session job" of the jobs that have no end yet, by the time they were made. Owner: tools. */
  openJobs: 'parley:jobs:open',
  /** There while the process that runs a job is alive; `run` is this very run of it. Owner: that process. Expires at once. */
  jobLease: (run: string) => `parley:job-run:${run}`,
  /** Hash approval ID → JSON of an ApprovalRecord. Owner: tools. Expires with the jobs. */
  approvals: (id: SessionId) => `parley:session:${id}:approvals`,
  /** Hash notice ID → JSON of a Notice that the room has not told yet. Owner: tools; the room deletes. Expires with the jobs. */
  notices: (id: SessionId) => `parley:session:${id}:notices`,
  /** Channel: the session with this ID has a notice. */
  noticeChannel: 'parley:notices',
  /** A job's whole result, its patch, its files as a zip. Owner: tools. Expires 7 days after it was made. */
  artifact: (id: JobId, name: 'result' | 'patch' | 'zip') => `parley:job:${id}:${name}`,
  /** Channel of JobControls to every tools process. */
  jobControl: 'parley:job-control',
  /** Prefix of BullMQ's keys; BullMQ owns what is below it. Finished entries are removed after an hour. */
  queues: 'parley:queue',
  /** Prefix of the counters of requests per address and minute. Expire after that minute. */
  rateLimit: 'parley:rate',
} as const;

/** Names of the BullMQ queues below `keys.queues`. */
export const QUEUES = { desk: 'desk', nested_team: 'nested_team', code: 'code' } as const;

/** Consumer group of the event writer on `keys.events`. */
export const EVENT_WRITER_GROUP = 'writer';

/**
 * Where a durable event goes in one step: the stream, its session's counter, the memory of its ID, the channel. With an
 * `epoch` only as long as the room has not been given to another mixer.
 */
export const eventPlace = (sessionId: SessionId, event: EventId, epoch?: number) => ({
  stream: keys.events,
  counter: keys.seq(sessionId),
  seen: keys.eventSeen(sessionId, event),
  channel: keys.eventChannel,
  ...(epoch === undefined ? {} : { fence: { key: keys.placement(sessionId), epoch } }),
});
