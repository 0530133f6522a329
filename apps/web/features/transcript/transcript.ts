import type {
  AnswerDecision,
  EventData,
  JobId,
  ParticipantId,
  SessionEvent,
  Speaker,
} from '@parley/contract';
import type { Moment } from './moment.ts';
import { momentOf } from './moments.ts';

/** What was said, typed and answered, in the order in which it is read. */
export type TranscriptEntry =
  | TurnEntry
  | { kind: 'typed'; itemId: string; at: number; participantId: ParticipantId; name: string; text: string }
  | ReplyEntry
  /** Where a job began; what became of it is in the model of the jobs. */
  | { kind: 'job'; itemId: string; at: number; jobId: JobId; number: number; task: string }
  | { kind: 'moment'; itemId: string; at: number; text: string; tone: Moment['tone'] };

/** People speaking. While `live` the words still come and the speakers are not known yet. */
export interface TurnEntry {
  kind: 'turn';
  itemId: string;
  at: number;
  text: string;
  live: boolean;
  speakers: Speaker[];
  failure: string | null;
  overlap: number;
  lengthMs: number;
  /** Whether the assistant was asked to answer, or why not. */
  answer: AnswerDecision;
}

/** The assistant speaking. While `live` its `audioMs` and `heardMs` follow the playout. */
export interface ReplyEntry {
  kind: 'reply';
  itemId: string;
  at: number;
  text: string;
  live: boolean;
  status: EventData<'reply:completed'>['status'];
  audioMs: number;
  heardMs: number;
  /** The part of `text` that the room heard, when the room says so. */
  heardText: string | null;
  /** The item that this one goes on from. */
  resumes: string | null;
}

export interface Delta {
  itemId: string;
  role: 'user' | 'assistant';
  delta: string;
}

const newTurn = (itemId: string, at: number): TurnEntry => ({
  kind: 'turn',
  itemId,
  at,
  text: '',
  live: true,
  speakers: [],
  failure: null,
  overlap: 0,
  lengthMs: 0,
  answer: 'asked',
});

const newReply = (itemId: string, at: number): ReplyEntry => ({
  kind: 'reply',
  itemId,
  at,
  text: '',
  live: true,
  status: 'completed',
  audioMs: 0,
  heardMs: 0,
  heardText: null,
  resumes: null,
});

/** More words of an unfinished item. Those that come after its finished text are stale and ignored. */
export function addDelta(entries: TranscriptEntry[], delta: Delta, at: number): TranscriptEntry[] {
  const index = entries.findLastIndex((entry) => entry.itemId === delta.itemId);
  const known = entries[index];
  if (known === undefined) {
    const fresh = delta.role === 'user' ? newTurn(delta.itemId, at) : newReply(delta.itemId, at);
    return place(entries, { ...fresh, text: delta.delta });
  }
  if ((known.kind !== 'turn' && known.kind !== 'reply') || !known.live) return entries;
  return entries.with(index, { ...known, text: known.text + delta.delta });
}

/** How far the room has heard an unfinished reply. */
export function addPlayout(
  entries: TranscriptEntry[],
  playout: { itemId: string; playedMs: number; queuedMs: number },
): TranscriptEntry[] {
  const index = entries.findLastIndex((entry) => entry.itemId === playout.itemId);
  const known = entries[index];
  if (known?.kind !== 'reply' || !known.live) return entries;
  return entries.with(index, {
    ...known,
    heardMs: playout.playedMs,
    audioMs: playout.playedMs + playout.queuedMs,
  });
}

export function addEvent(entries: TranscriptEntry[], event: SessionEvent): TranscriptEntry[] {
  const entry = entryOf(event);
  if (entry === undefined) return entries;
  const index = entries.findLastIndex((known) => known.itemId === entry.itemId);
  const known = entries[index];
  // The place on the screen is kept: what people are reading must not jump.
  return known === undefined ? place(entries, entry) : entries.with(index, { ...entry, at: known.at });
}

/** A turn whose words come late belongs before the answer that is already being spoken. */
function place(entries: TranscriptEntry[], entry: TranscriptEntry): TranscriptEntry[] {
  const last = entries.at(-1);
  if (entry.kind === 'turn' && last?.kind === 'reply' && last.live)
    return entries.toSpliced(entries.length - 1, 0, entry);
  return [...entries, entry];
}

function entryOf(event: SessionEvent): TranscriptEntry | undefined {
  switch (event.type) {
    case 'turn:completed': {
      const { startMs, endMs, ...said } = event.data;
      const lengthMs = Math.max(0, endMs - startMs);
      return { kind: 'turn', at: event.at, live: false, lengthMs, ...said };
    }
    case 'text:sent':
      return { kind: 'typed', at: event.at, ...event.data };
    case 'reply:completed': {
      const { responseId: _, ...said } = event.data;
      return { kind: 'reply', at: event.at, live: false, ...said };
    }
    case 'job:created': {
      const { jobId, number, task } = event.data;
      return { kind: 'job', itemId: `job-${jobId}`, at: event.at, jobId, number, task };
    }
    default: {
      const moment = momentOf(event);
      return moment === undefined
        ? undefined
        : { kind: 'moment', itemId: `moment-${event.seq}`, at: event.at, ...moment };
    }
  }
}

/** Less than this between said and heard is the tail of a reply, not a cut. */
const CUT_TOLERANCE_MS = 400;

/** A reply that was cut: the words that the room heard and those it did not; by time where the room does not say. */
export function splitAtCut(reply: ReplyEntry): { heard: string; unheard: string } | undefined {
  if (reply.live) return undefined;
  const { text, heardText } = reply;
  if (heardText !== null && text.startsWith(heardText)) {
    const unheard = text.slice(heardText.length);
    return unheard.trim() === ''
      ? undefined
      : { heard: heardText.trimEnd(), unheard: spaced(heardText, unheard) };
  }
  if (reply.audioMs === 0 || reply.audioMs - reply.heardMs < CUT_TOLERANCE_MS) return undefined;
  const about = Math.round((reply.heardMs / reply.audioMs) * text.length);
  const space = text.indexOf(' ', about);
  const cut = about === 0 ? 0 : space < 0 ? text.length : space;
  return { heard: text.slice(0, cut).trimEnd(), unheard: text.slice(cut) };
}

/** The space at a cut belongs to what was not heard: it is struck out with it. */
const spaced = (heard: string, unheard: string): string =>
  heard.length > heard.trimEnd().length && !unheard.startsWith(' ') ? ` ${unheard}` : unheard;
