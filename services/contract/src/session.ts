import { z } from 'zod';
import { ConversationChange, ConversationSettings, DEFAULT_CONVERSATION } from './conversation.ts';
import { ParticipantId, SessionId } from './ids.ts';
import { Role } from './roles.ts';

export { Role, ROLES } from './roles.ts';

/** The voices of the Realtime API; a provider may refuse some of them. */
export const VOICES = [
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'marin',
  'sage',
  'shimmer',
  'verse',
] as const;
export const Voice = z.enum(VOICES);
export type Voice = z.infer<typeof Voice>;

const line = (max: number) => z.string().trim().min(1).max(max);
/** `name` of a participant: one line, no control characters. */
export const ParticipantName = line(60).regex(/^\P{Cc}*$/u, 'No control characters');

export const DEFAULT_AGENT_NAME = 'Parley';
export const DEFAULT_VOICE: Voice = 'marin';

export const SessionSettings = z.object({
  title: line(120),
  voice: Voice,
  agentName: line(60),
  systemPrompt: z.string().max(8_000),
  conversationId: line(128).nullable(),
  conversation: ConversationSettings.default(DEFAULT_CONVERSATION),
});
export type SessionSettings = z.infer<typeof SessionSettings>;

/** Body of `POST /api/sessions`. Everything is optional; the hub fills in defaults. */
export const CreateSession = z.strictObject({
  title: line(120).optional(),
  voice: Voice.optional(),
  agentName: line(60).optional(),
  systemPrompt: z.string().max(8_000).optional(),
  conversationId: line(128).optional(),
  conversation: ConversationChange.optional(),
});
export type CreateSession = z.infer<typeof CreateSession>;

/** Body of `PATCH /api/sessions/:id`, which needs the owner token as bearer. The reply is the session. */
export const ConfigureSession = z.strictObject({
  conversation: ConversationChange.optional(),
  locked: z.boolean().optional(),
});
export type ConfigureSession = z.infer<typeof ConfigureSession>;

/** How a device is connected: mediasoup-client in a browser, a plain SDP peer at the bridge, or plain RTP. */
export const ClientKind = z.enum(['browser', 'sdp', 'rtp']);
export type ClientKind = z.infer<typeof ClientKind>;

export const ParticipantView = z.object({
  id: ParticipantId,
  name: ParticipantName,
  role: Role,
  client: ClientKind,
  /** Its own wish. */
  muted: z.boolean(),
  /** The owner has taken its microphone away, whatever it wishes. */
  silenced: z.boolean().default(false),
  /** Its connection broke; it keeps its place for a while. */
  away: z.boolean().default(false),
  joinedAt: z.number().int(),
});
export type ParticipantView = z.infer<typeof ParticipantView>;

export const EndReason = z.enum(['ended-by-owner', 'idle', 'shutdown']);
export type EndReason = z.infer<typeof EndReason>;

/**
 * A session as the list and the room show it. Times are milliseconds since the epoch. Without a token of the session its
 * instructions, its conversation and its cost are not told.
 */
export const SessionView = SessionSettings.extend({
  id: SessionId,
  state: z.enum(['live', 'ended']),
  createdAt: z.number().int(),
  endedAt: z.number().int().nullable(),
  endReason: EndReason.nullable(),
  participantCount: z.number().int(),
  maxParticipants: z.number().int(),
  participants: z.array(ParticipantView),
  /** Nobody new may join. */
  locked: z.boolean().default(false),
  /** What its responses have cost so far. Only where one session is asked for; null when that is not known now. */
  costUsd: z.number().min(0).nullable().optional(),
});
export type SessionView = z.infer<typeof SessionView>;

export const CreatedSession = z.object({ session: SessionView, joinUrl: z.string(), ownerToken: z.string() });
export type CreatedSession = z.infer<typeof CreatedSession>;

export const SessionPage = z.object({ sessions: z.array(SessionView), nextCursor: z.string().nullable() });
export type SessionPage = z.infer<typeof SessionPage>;

/** Body of `PATCH /api/sessions/:id/participants/:participantId`, which needs the owner token. */
export const ChangeParticipant = z.strictObject({ silenced: z.boolean() });

/** Body of `POST /api/sessions/:id/participants`. `owner` needs the owner token as bearer. */
export const AddParticipant = z.strictObject({ name: ParticipantName, role: Role.optional() });
export type AddParticipant = z.infer<typeof AddParticipant>;

export const IceServer = z.object({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof IceServer>;

export const AddedParticipant = z.object({
  participantId: ParticipantId,
  token: z.string(),
  /** Reads the session's history, and nothing else, for 90 days. */
  historyToken: z.string(),
  role: Role,
  iceServers: z.array(IceServer),
});
export type AddedParticipant = z.infer<typeof AddedParticipant>;

/** The old bridge's `POST /api/realtime/session`: names in snake case, as its callers send them. */
export const LegacySession = z.object({
  conversation_id: line(128).optional(),
  voice: Voice.optional(),
  agent_name: line(60).optional(),
  system_prompt: z.string().max(8_000).optional(),
});
export const LegacySessionReply = z.object({ session_id: SessionId, status: z.literal('connected') });

/** The old bridge's `POST /api/realtime/webrtc/bridge`. SDP lines are ASCII; 64 KiB is far above any real offer. */
export const BridgeOffer = z.object({
  sdp: z.string().min(1).max(65_536),
  type: z.literal('offer'),
  session_id: SessionId,
  name: ParticipantName.optional(),
});
export const BridgeAnswer = z.object({
  sdp: z.string(),
  type: z.literal('answer'),
  session_id: SessionId,
  participant_id: ParticipantId,
});
