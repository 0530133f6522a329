import type {
  AssistantState,
  DownwardMessage,
  ParticipantId,
  ParticipantView,
  Presence,
  SessionEvent,
  SessionView,
  SignalingReply,
  SourceView,
} from '@parley/contract';
import { applyJobEvent, noJobs, type JobsModel } from '../jobs/jobsModel.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { accept, startSequence, type Sequence } from './sequence.ts';
import { addDelta, addEvent, addPlayout, type TranscriptEntry } from '../transcript/transcript.ts';

/** A typed message on its way. It disappears from here once the room has it in its transcript. */
export type TypedText =
  | { id: string; text: string; at: 'sending' }
  | { id: string; text: string; at: 'accepted' }
  | { id: string; text: string; at: 'failed'; why: string };

export interface Notice {
  id: number;
  level: 'info' | 'warning' | 'error';
  message: string;
}

export type CostView = Extract<DownwardMessage, { type: 'cost' }>;
export type SameRoomView = Pick<Extract<DownwardMessage, { type: 'same-room' }>, 'offered' | 'groups'>;

/** Everything that is known about the room, whatever the state of the connections. */
export interface RoomModel {
  session: SessionView;
  me: ParticipantView;
  /** In the order in which they came. */
  participants: ParticipantView[];
  /** Everybody who ever came, in the order of the history: the same list on every device. */
  everyone: ParticipantId[];
  sources: SourceView[];
  assistantProducerId: string | null;
  assistant: AssistantState;
  transcript: TranscriptEntry[];
  /** What the assistant has done for the room. */
  jobs: JobsModel;
  sequence: Sequence;
  texts: TypedText[];
  notices: Notice[];
  /** Who holds the talk button. */
  floor: ParticipantId[];
  cost: CostView | null;
  sameRoom: SameRoomView;
}

const byArrival = (a: ParticipantView, b: ParticipantView) =>
  a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1);

/** The room after `session:join`: a first one, or the former one carried over a lost connection. */
export function enterRoom(before: RoomModel | null, reply: SignalingReply<'session:join'>): RoomModel {
  const room: RoomModel = {
    session: reply.session,
    me: reply.me,
    participants: [],
    everyone: before?.everyone ?? [],
    sources: before?.sources ?? [],
    assistantProducerId: before?.assistantProducerId ?? null,
    assistant: before?.assistant ?? { phase: 'connecting', simulated: false, message: null },
    transcript: before?.transcript ?? [],
    jobs: before?.jobs ?? noJobs,
    sequence: before?.sequence ?? startSequence,
    texts: before?.texts ?? [],
    notices: before?.notices ?? [],
    floor: before?.floor ?? [],
    cost: before?.cost ?? null,
    sameRoom: before?.sameRoom ?? { offered: [], groups: [] },
  };
  const caughtUp = applyEvents(room, reply.events).room;
  // The reply's list is newer than any event in it.
  return {
    ...caughtUp,
    session: reply.session,
    me: reply.me,
    participants: reply.session.participants.toSorted(byArrival),
  };
}

/** Durable facts, in whatever order they came. `gap`: ask `events:list` after `room.sequence.last`. */
export function applyEvents(
  room: RoomModel,
  events: readonly SessionEvent[],
): { room: RoomModel; gap: boolean } {
  const accepted = accept(room.sequence, events);
  const next = accepted.ready.reduce(applyEvent, { ...room, sequence: accepted.sequence });
  return { room: next, gap: accepted.gap };
}

function applyEvent(room: RoomModel, event: SessionEvent): RoomModel {
  const jobs = applyJobEvent(room.jobs, event);
  const next = { ...room, jobs, transcript: addEvent(room.transcript, event) };
  switch (event.type) {
    case 'participant:joined': {
      const { participantId: id, name, role, client } = event.data;
      const others = room.participants.filter((person) => person.id !== id);
      const person: ParticipantView = {
        id,
        name,
        role,
        client,
        muted: false,
        silenced: false,
        away: false,
        joinedAt: event.at,
      };
      const everyone = room.everyone.includes(id) ? room.everyone : [...room.everyone, id];
      return { ...next, everyone, participants: [...others, person].toSorted(byArrival) };
    }
    case 'participant:left': {
      const gone = event.data.participantId;
      return { ...next, participants: room.participants.filter((person) => person.id !== gone) };
    }
    case 'participant:muted': {
      const { participantId, muted } = event.data;
      return {
        ...next,
        participants: room.participants.map((person) =>
          person.id === participantId ? { ...person, muted } : person,
        ),
      };
    }
    case 'participant:silenced': {
      const { participantId, silenced } = event.data;
      const change = (person: ParticipantView) =>
        person.id === participantId ? { ...person, silenced } : person;
      return { ...next, me: change(room.me), participants: room.participants.map(change) };
    }
    case 'session:locked':
      return { ...next, session: { ...room.session, locked: event.data.locked } };
    case 'text:sent':
      return { ...next, texts: withoutSent(room, event.data.participantId, event.data.text) };
    case 'session:configured':
      return { ...next, session: { ...room.session, conversation: event.data.conversation } };
    case 'session:ended':
      return { ...next, session: { ...room.session, state: 'ended', endedAt: event.at } };
    default:
      return next;
  }
}

/** Somebody's connection broke, or is back. */
export const applyPresence = (room: RoomModel, { participantId, away }: Presence): RoomModel => ({
  ...room,
  participants: room.participants.map((person) =>
    person.id === participantId ? { ...person, away } : person,
  ),
});

function withoutSent(room: RoomModel, participantId: ParticipantId, text: string): TypedText[] {
  if (participantId !== room.me.id) return room.texts;
  const index = room.texts.findIndex((typed) => typed.text === text && typed.at !== 'failed');
  return index < 0 ? room.texts : room.texts.toSpliced(index, 1);
}

/** Levels are not here: ten a second would redraw the whole room (see LevelBoard). */
export type RoomMessage = Exclude<DownwardMessage, { type: 'levels' | 'pong' }>;

const MAX_NOTICES = 4;

export function applyMessage(room: RoomModel, message: RoomMessage, at: number): RoomModel {
  switch (message.type) {
    case 'room:state': {
      const { sources, assistantProducerId, assistant } = message;
      return { ...room, sources, assistantProducerId, assistant };
    }
    case 'assistant:state':
      return { ...room, assistant: message.assistant };
    case 'transcript:delta':
      return { ...room, transcript: addDelta(room.transcript, message, at) };
    case 'playout':
      return { ...room, transcript: addPlayout(room.transcript, message) };
    case 'text:result':
      return {
        ...room,
        texts: room.texts.map((typed) =>
          typed.id === message.id ? textResult(typed, message.accepted, message.message) : typed,
        ),
      };
    case 'floor':
      return { ...room, floor: message.holders };
    case 'cost':
      return { ...room, cost: message };
    case 'same-room':
      return { ...room, sameRoom: { offered: message.offered, groups: message.groups } };
    case 'notice': {
      if (room.notices.some((known) => known.message === message.message)) return room;
      const id = (room.notices.at(-1)?.id ?? 0) + 1;
      const notice: Notice = { id, level: message.level, message: message.message };
      return { ...room, notices: [...room.notices, notice].slice(-MAX_NOTICES) };
    }
    default:
      return unreachable(message);
  }
}

function textResult(typed: TypedText, accepted: boolean, message: string | null): TypedText {
  const { id, text } = typed;
  if (accepted) return { id, text, at: 'accepted' };
  return { id, text, at: 'failed', why: message ?? 'The room did not take it.' };
}

export const typeText = (room: RoomModel, id: string, text: string): RoomModel => ({
  ...room,
  texts: [...room.texts.filter((typed) => typed.id !== id), { id, text, at: 'sending' }],
});

export const failText = (room: RoomModel, id: string, why: string): RoomModel => ({
  ...room,
  texts: room.texts.map((typed) =>
    typed.id === id && typed.at === 'sending' ? { id, text: typed.text, at: 'failed', why } : typed,
  ),
});

export const dropText = (room: RoomModel, id: string): RoomModel => ({
  ...room,
  texts: room.texts.filter((typed) => typed.id !== id),
});

export const dropNotice = (room: RoomModel, id: number): RoomModel => ({
  ...room,
  notices: room.notices.filter((notice) => notice.id !== id),
});
