import { JOB_KINDS, type EndReason, type EventData, type SessionEvent } from '@parley/contract';
import { unreachable } from '../../lib/unreachable.ts';
import { decisionWords, endWords as jobEndWords } from '../jobs/jobWords.ts';
import {
  configuredWords,
  groupedWords,
  limitedMoment,
  movedWords,
  seamWords,
} from './conversationMoments.ts';
import type { Moment } from './moment.ts';

const END_WORDS: Record<EndReason, string> = {
  'ended-by-owner': 'The session was ended by its owner',
  idle: 'The session ended because nobody was left in it',
  shutdown: 'The session ended because the server was shut down',
};

export const endWords = (reason: EndReason | null): string =>
  reason === null ? 'The session has ended' : END_WORDS[reason];

/** What happened beside the words, as one line of the transcript. Undefined for what readers need not see. */
export function momentOf(event: SessionEvent): Moment | undefined {
  switch (event.type) {
    case 'session:created':
      return { text: 'The session began', tone: 'quiet' };
    case 'session:ended':
      return { text: endWords(event.data.reason), tone: 'quiet' };
    case 'participant:joined':
      return {
        text: `${event.data.name} joined${event.data.role === 'listener' ? ' to listen' : ''}`,
        tone: 'quiet',
      };
    case 'participant:left':
      return { text: leftWords(event.data.name, event.data.reason), tone: 'quiet' };
    case 'session:locked':
      return {
        text: event.data.locked ? 'The session was locked: nobody new can join' : 'The session was unlocked',
        tone: 'quiet',
      };
    case 'participant:silenced':
      return {
        text: `${event.data.name} ${event.data.silenced ? 'was muted by the owner' : 'got the microphone back'}`,
        tone: 'quiet',
      };
    case 'assistant:connected':
      return {
        text: event.data.simulated
          ? 'The simulated assistant is here'
          : `The assistant is here (${event.data.model})`,
        tone: 'quiet',
      };
    case 'assistant:disconnected':
      return { text: `The assistant is away: ${event.data.message}`, tone: 'warning' };
    case 'session:configured':
      return { text: configuredWords(event.data.conversation), tone: 'quiet' };
    case 'assistant:rolled-over':
      return { text: seamWords(event.data), tone: 'seam' };
    case 'room:moved':
      return { text: movedWords(event.data), tone: 'seam' };
    case 'cost:limited':
      return limitedMoment(event.data);
    case 'devices:grouped':
      return { text: groupedWords(event.data), tone: 'quiet' };
    case 'tool:called':
      // A job has a card, and one that is refused is told below.
      return isJobKind(event.data.name)
        ? undefined
        : { text: `The assistant used “${event.data.name}”`, tone: 'quiet' };
    case 'tool:decided':
      return event.data.decision === 'refused'
        ? { text: `Not done: ${event.data.reason}`, tone: 'warning' }
        : undefined;
    case 'approval:decided':
      return {
        text: `Job ${event.data.number}: ${decisionWords(event.data.decision, event.data.name)}`,
        tone: 'quiet',
      };
    case 'job:finished':
      return { text: jobEndWords(event.data), tone: 'quiet' };
    case 'error:raised':
      return { text: event.data.message, tone: 'warning' };
    default:
      return undefined;
  }
}

function leftWords(name: string, reason: EventData<'participant:left'>['reason']): string {
  switch (reason) {
    case 'left':
    case 'session-ended':
      return `${name} left`;
    case 'disconnected':
      return `${name} lost the connection`;
    case 'silent':
      return `${name} sent nothing any more`;
    case 'replaced':
      return `${name} moved to another tab`;
    case 'removed':
      return `${name} was removed by the owner`;
    default:
      return unreachable(reason);
  }
}

const isJobKind = (name: string): boolean => JOB_KINDS.some((kind) => kind === name);
