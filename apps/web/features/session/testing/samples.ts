import type {
  EventData,
  EventType,
  NewEvent,
  ParticipantId,
  ParticipantView,
  SessionEvent,
  SessionView,
  SignalingReply,
} from '@parley/contract';
import {
  DEFAULT_CONVERSATION,
  EventId,
  ParticipantId as ParticipantIdSchema,
  SessionId,
} from '@parley/contract';
import type { Seat } from '../../../lib/storage.ts';

export const SESSION = SessionId.parse('k7fm-2xqd');
export const ADA: ParticipantId = ParticipantIdSchema.parse('p_aaaaaaaaaaaa');
export const BEN: ParticipantId = ParticipantIdSchema.parse('p_bbbbbbbbbbbb');

export const person = (
  id: ParticipantId,
  name: string,
  change: Partial<ParticipantView> = {},
): ParticipantView => ({
  id,
  name,
  role: 'speaker',
  client: 'browser',
  muted: false,
  silenced: false,
  away: false,
  joinedAt: 1_000,
  ...change,
});

export const session = (change: Partial<SessionView> = {}): SessionView => ({
  id: SESSION,
  title: 'Garden',
  voice: 'marin',
  agentName: 'Parley',
  systemPrompt: '',
  conversationId: null,
  conversation: DEFAULT_CONVERSATION,
  state: 'live',
  createdAt: 500,
  endedAt: null,
  endReason: null,
  participantCount: 1,
  maxParticipants: 16,
  participants: [person(ADA, 'Ada')],
  locked: false,
  ...change,
});

export const joinReply = (
  change: Partial<SignalingReply<'session:join'>> = {},
): SignalingReply<'session:join'> => ({
  session: session(),
  me: person(ADA, 'Ada'),
  routerRtpCapabilities: {},
  events: [],
  iceServers: [],
  ...change,
});

export function event<Type extends EventType>(
  seq: number,
  type: Type,
  data: EventData<Type>,
  at = seq * 1_000,
): SessionEvent {
  const id = EventId.parse(`e_${String(seq).padStart(20, 'a').replaceAll('0', 'z').replaceAll('1', 'y')}`);
  return { seq, id, sessionId: SESSION, at, type, data } as NewEvent & { seq: number };
}

export const joined = (seq: number, participantId: ParticipantId, name: string) =>
  event(seq, 'participant:joined', { participantId, name, role: 'speaker', client: 'browser' });

export const left = (seq: number, participantId: ParticipantId, name: string) =>
  event(seq, 'participant:left', { participantId, name, reason: 'left' });

export const turn = (
  seq: number,
  itemId: string,
  text: string,
  change: Partial<EventData<'turn:completed'>> = {},
) =>
  event(seq, 'turn:completed', {
    itemId,
    text,
    failure: null,
    startMs: 0,
    endMs: 2_000,
    speakers: [{ participantId: ADA, name: 'Ada', share: 1 }],
    overlap: 0,
    answer: 'asked',
    ...change,
  });

export const reply = (
  seq: number,
  itemId: string,
  text: string,
  change: Partial<EventData<'reply:completed'>> = {},
) =>
  event(seq, 'reply:completed', {
    itemId,
    responseId: `r-${itemId}`,
    text,
    status: 'completed',
    audioMs: 3_000,
    heardMs: 3_000,
    heardText: null,
    resumes: null,
    ...change,
  });

export const seat = (change: Partial<Seat> = {}): Seat => ({
  participantId: ADA,
  token: 'a-token',
  historyToken: 'reads',
  role: 'speaker',
  iceServers: [],
  name: 'Ada',
  listenOnly: false,
  ...change,
});
