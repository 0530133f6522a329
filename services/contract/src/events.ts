import { z } from 'zod';
import { ConversationSettings } from './conversation.ts';
import { EventId, ParticipantId, SessionId } from './ids.ts';
import { JOB_EVENT_DATA } from './jobs.ts';
import { ClientKind, EndReason, ParticipantName, Role, SessionSettings } from './session.ts';

/** Milliseconds of audio that the room has sent to the provider: the room's own input clock. */
const inputMs = z.number().min(0);

/**
 * Who spoke in a turn. `share` is this voice's part of the time in which anybody spoke, 0…1; time in which several did
 * is divided by their loudness. All shares add up to 1.
 */
export const Speaker = z.object({
  participantId: ParticipantId,
  name: ParticipantName,
  share: z.number().min(0).max(1),
});
export type Speaker = z.infer<typeof Speaker>;

/** Whether a turn was given to the assistant to answer, or why not. `lost`: the link ended before it could be. */
export const AnswerDecision = z.enum(['asked', 'not-addressed', 'scribe', 'paused', 'nothing-said', 'lost']);
export type AnswerDecision = z.infer<typeof AnswerDecision>;

/** Why a room went elsewhere. `mixer-lost`: its mixer is dead, or was held for dead. */
export const MoveReason = z.enum(['mixer-lost', 'worker-died', 'drained']);
export type MoveReason = z.infer<typeof MoveReason>;

export const TokenUsage = z.object({
  inputTextTokens: z.number().int().min(0),
  inputAudioTokens: z.number().int().min(0),
  cachedTokens: z.number().int().min(0),
  outputTextTokens: z.number().int().min(0),
  outputAudioTokens: z.number().int().min(0),
});
export type TokenUsage = z.infer<typeof TokenUsage>;

/** Every durable fact about a session: what it is called and what it carries. */
export const EVENT_DATA = {
  'session:created': SessionSettings,
  /** Who changed it: null when the hub itself did. */
  'session:configured': z.object({
    participantId: ParticipantId.nullable(),
    conversation: ConversationSettings,
  }),
  /** `by`: the owner's participant, or null for somebody with the owner token alone; so in all that owners do. */
  'session:locked': z.object({ locked: z.boolean(), by: ParticipantId.nullable() }),
  'session:ended': z.object({ reason: EndReason }),
  'participant:joined': z.object({
    participantId: ParticipantId,
    name: ParticipantName,
    role: Role,
    client: ClientKind,
  }),
  'participant:left': z.object({
    participantId: ParticipantId,
    name: ParticipantName,
    /** `silent`: a plain RTP participant of whom no packet had come for long. */
    reason: z.enum(['left', 'disconnected', 'silent', 'replaced', 'removed', 'session-ended']),
    /** Who removed it. */
    by: ParticipantId.nullable().optional(),
  }),
  'participant:muted': z.object({ participantId: ParticipantId, muted: z.boolean() }),
  /** An owner has taken a microphone away, or given it back. */
  'participant:silenced': z.object({
    participantId: ParticipantId,
    name: ParticipantName,
    silenced: z.boolean(),
    by: ParticipantId.nullable(),
  }),
  'assistant:connected': z.object({ provider: z.string(), model: z.string(), simulated: z.boolean() }),
  'assistant:disconnected': z.object({ message: z.string(), retryInMs: z.number().nullable() }),
  'turn:completed': z.object({
    itemId: z.string(),
    /** Empty when the provider could not transcribe it; `failure` then says why. */
    text: z.string(),
    failure: z.string().nullable(),
    startMs: inputMs,
    endMs: inputMs,
    speakers: z.array(Speaker),
    /** Part of the turn in which two or more voices spoke at once, 0…1. */
    overlap: z.number().min(0).max(1),
    answer: AnswerDecision.default('asked'),
  }),
  'text:sent': z.object({
    itemId: z.string(),
    participantId: ParticipantId,
    name: ParticipantName,
    text: z.string(),
  }),
  'reply:completed': z.object({
    itemId: z.string(),
    responseId: z.string(),
    text: z.string(),
    status: z.enum(['completed', 'cancelled', 'failed', 'incomplete']),
    /** Audio that the provider produced, and how much of it left the playout queue. */
    audioMs: z.number().min(0),
    heardMs: z.number().min(0),
    /** The part of `text` that the room heard before it was cut; null when it was not. */
    heardText: z.string().nullable().default(null),
    /** The item that this one goes on from, after an interruption that was none. */
    resumes: z.string().nullable().default(null),
  }),
  'tool:called': z.object({ callId: z.string(), name: z.string(), arguments: z.string() }),
  'usage:recorded': z.object({
    responseId: z.string(),
    model: z.string(),
    usage: TokenUsage,
    /** Null when the price of the model is not known. */
    costUsd: z.number().min(0).nullable().default(null),
    /** Whose turns led to this response; the parts of `costUsd` by their shares. */
    causedBy: z.array(Speaker).default([]),
  }),
  'cost:limited': z.object({
    state: z.enum(['warned', 'paused', 'resumed']),
    spentUsd: z.number().min(0),
    limitUsd: z.number().min(0).nullable(),
  }),
  /** The seam between two provider links that carry one conversation. */
  'assistant:rolled-over': z.object({
    reason: z.enum(['age', 'lost', 'cost']),
    /** Items replayed word for word, and items that went into the summary. */
    replayed: z.number().int().min(0),
    summarised: z.number().int().min(0),
    /** From the last moment on the old link to the first on the new one; 0 when the new one was warm. */
    gapMs: z.number().min(0),
  }),
  /**
   * The room goes on at another mixer, or with another media worker. `gapMs`: from when its loss was noticed until it was
   * placed anew; each device needs a moment more to be connected again.
   */
  'room:moved': z.object({ reason: MoveReason, gapMs: z.number().min(0) }),
  /** Devices in one physical room: one microphone and one loudspeaker for all of them. Empty: dissolved. */
  'devices:grouped': z.object({
    participantIds: z.array(ParticipantId),
    speakerId: ParticipantId.nullable(),
  }),
  ...JOB_EVENT_DATA,
  'error:raised': z.object({
    source: z.enum(['provider', 'mixer', 'hub', 'tools']),
    code: z.string(),
    message: z.string(),
  }),
} as const;

/** What was said in a session, as far as a new room has to know it. */
export const PastFact = z.discriminatedUnion('type', [
  z.object({ type: z.literal('turn:completed'), data: EVENT_DATA['turn:completed'] }),
  z.object({ type: z.literal('text:sent'), data: EVENT_DATA['text:sent'] }),
  z.object({ type: z.literal('reply:completed'), data: EVENT_DATA['reply:completed'] }),
]);
export type PastFact = z.infer<typeof PastFact>;

export type EventType = keyof typeof EVENT_DATA;
export const EVENT_TYPES = Object.keys(EVENT_DATA) as EventType[];
export const EventType = z.enum(EVENT_TYPES as [EventType, ...EventType[]]);
export type EventData<Type extends EventType> = z.infer<(typeof EVENT_DATA)[Type]>;

/** A fact before the log gave it its place: whoever saw it happen makes it, with an ID that makes a repeat harmless. */
export type NewEvent<Type extends EventType = EventType> = {
  [T in Type]: { id: EventId; sessionId: SessionId; at: number; type: T; data: EventData<T> };
}[Type];

/** A fact with its place: `seq` starts at 1 in each session and has no gaps. `at` is milliseconds since the epoch. */
export type SessionEvent<Type extends EventType = EventType> = NewEvent<Type> & { seq: number };

const envelope = z.object({
  id: EventId,
  sessionId: SessionId,
  seq: z.number().int().min(1),
  at: z.number().int(),
  type: EventType,
  data: z.unknown(),
});

/** Reads a stored or received event; its data is checked against its type. */
export const SessionEvent = envelope.transform((event, context): SessionEvent => {
  const data = EVENT_DATA[event.type].safeParse(event.data);
  if (data.success) return { ...event, data: data.data } as SessionEvent;
  for (const issue of data.error.issues)
    context.addIssue({ code: 'custom', message: issue.message, path: ['data', ...issue.path] });
  return z.NEVER;
});

/** Query of `GET /api/sessions/:id/events`. `after` is a seq. */
export const EventQuery = z.object({
  type: z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',') : value),
    z.array(EventType).optional(),
  ),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});
export type EventQuery = z.infer<typeof EventQuery>;

export const EventPage = z.object({ events: z.array(SessionEvent), nextAfter: z.number().int().nullable() });
export type EventPage = z.infer<typeof EventPage>;

export const ExportFormat = z.enum(['json', 'ndjson', 'md', 'vtt']);
export type ExportFormat = z.infer<typeof ExportFormat>;
