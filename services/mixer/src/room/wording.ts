import type { SessionSettings, Speaker } from '@parley/contract';
import type { LinkItem, ResponseDone } from './ports.ts';

/** Unique beyond this process, within the provider's 32 characters. */
export const newItemId = (): string => `item_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;

/** Something that was said, as text. */
export type Line = Pick<LinkItem, 'role' | 'text'>;

/** A share below this is not worth telling as overlap. */
const NOTABLE_OVERLAP = 0.1;

/** What the model is told about itself. The room's own rules come first, so that a long prompt does not bury them. */
export function instructions({
  agentName,
  systemPrompt,
}: Pick<SessionSettings, 'agentName' | 'systemPrompt'>): string {
  const preface = [
    `You are ${agentName}, the voice assistant in a room with several people who hear each other and you.`,
    'All of them reach you on one audio stream. System notes tell you who has just spoken or typed; ' +
      'use the names when it helps, never read a note out, and do not answer a note by itself.',
    'You are heard, not read: speak briefly and plainly, and stop when you are interrupted.',
  ].join(' ');
  return systemPrompt.trim() ? `${preface}\n\n${systemPrompt.trim()}` : preface;
}

/** `Anna 82 %, Ben 18 %, partly at the same time`, or undefined when nobody is known to have spoken. */
function describeSpeakers(speakers: readonly Speaker[], overlap: number): string | undefined {
  if (speakers.length === 0) return undefined;
  if (speakers.length === 1) return speakers[0]?.name;
  const parts = speakers.map(({ name, share }) => `${name} ${Math.round(share * 100)} %`);
  return parts.join(', ') + (overlap >= NOTABLE_OVERLAP ? ', partly at the same time' : '');
}

/** The system note before an answer. */
export function speakerNote(speakers: readonly Speaker[], overlap: number): string | undefined {
  const who = describeSpeakers(speakers, overlap);
  return who && `Speaking: ${who}.`;
}

export const typingNote = (name: string): string => `${name} typed this:`;

/** A spoken turn as text, for a link that did not hear it. */
export function spokenLine(speakers: readonly Speaker[], text: string): string {
  const names = speakers.map(({ name }) => name).join(' and ');
  return names ? `${names}: ${text}` : text;
}

export const typedLine = (name: string, text: string): string => `${name} (typed): ${text}`;

/** What a summary without a model may be long, and how much of each line is in it. */
const MAX_DIGEST = 4_000;
const MAX_FIRST_WORDS = 100;

/** The first words of lines, the newest that fit. A user's line begins with its speaker already. */
function digest(lines: readonly Line[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const { role, text } of lines.toReversed()) {
    const who = role === 'assistant' ? 'You: ' : '';
    const words = text.length > MAX_FIRST_WORDS ? `${text.slice(0, MAX_FIRST_WORDS - 1)}…` : text;
    length += who.length + words.length + 1;
    if (length > MAX_DIGEST) break;
    parts.unshift(`${who}${words}`);
  }
  return parts.join('\n');
}

/** What was said before the part that is told word for word, or undefined when there was nothing. */
export function earlierLine(summary: string, lines: readonly Line[]): Line | undefined {
  const parts = [summary, digest(lines)].filter(Boolean);
  if (parts.length === 0) return undefined;
  return { role: 'system', text: `What was said before, in short:\n${parts.join('\n')}` };
}

/** What the model is asked, aside, before its link is replaced. */
export const SUMMARY_QUESTION = [
  'Do not answer anybody. Write down, for yourself, what a successor who takes your place in this conversation must know:',
  'who is in it, what they want, what was decided or promised, names, numbers, open questions.',
  'At most 250 words, plain text, in the language of the conversation.',
].join(' ');

/** For a link that was told more of a reply than was heard in the end. */
export const correction = (heard: string): string =>
  heard ? `Of your last answer only this was heard: ${heard}` : 'Of your last answer nothing was heard.';

/** For a link that did not see the call. */
export const pendingCall = (name: string, args: string): string =>
  `You have called the tool ${name} with ${args || 'no arguments'}. Its answer comes later.`;

/** What people read when a response did not come to a good end. */
export function responseTrouble(
  status: ResponseDone['status'],
  error: ResponseDone['error'],
): { code: string; message: string } | undefined {
  const reason = error?.message ?? 'no reason given';
  if (status === 'failed')
    return { code: error?.code ?? 'response-failed', message: `The assistant could not answer: ${reason}` };
  if (status === 'incomplete')
    return { code: 'response-incomplete', message: `The answer was cut short: ${reason}` };
  return undefined;
}

/** `$0.42`, and `$0.0042` for what is little. */
const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
});
export const dollars = (usd: number): string => DOLLARS.format(usd);
