import { isMessage, stimulus, textOf, type Item } from '../conversation/items.ts';
import type { ClipId } from '../speech/clips.ts';
import { transcriptOf } from '../speech/utterance.ts';
import type { Answer } from './ownWords.ts';

/** The most that is quoted of a text. */
const MAX_QUOTE = 300;

/** What a tool has said, in recorded phrases that claim no more than it does (S41, S47). */
export function afterTool(output: string): Answer {
  const say = phrasesFor(output);
  return { say, text: `${transcriptOf(say)} ${output.slice(0, MAX_QUOTE)}` };
}

function phrasesFor(output: string): ClipId[] {
  const read = parse(output);
  const state = read['state'] ?? read['status'];
  if ('error' in read || state === 'failed' || state === 'error')
    return ['tool-failed', 'result-in-transcript'];
  if (typeof state === 'string') {
    if (/^(queued|started|running|pending|in_progress)$/.test(state))
      return ['work-started', 'will-tell-you'];
    // It may never begin: somebody has to allow it, or the tools are away.
    if (state.startsWith('wait')) return ['for-everybody', 'others-think'];
    if (/^(cancelled|is being stopped|has been told)$/.test(state)) return ['yes', 'for-everybody'];
  }
  if (Array.isArray(read['jobs'])) return ['for-everybody'];
  return ['tool-finished', 'result-in-transcript'];
}

function parse(output: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(output);
    return typeof read === 'object' && read !== null && !Array.isArray(read)
      ? (read as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** How the room's notes about jobs begin, and about tools whose call was made on another connection. */
const ENDED = /^Job (\d+)\b.*?(is done|has failed|was stopped|was not allowed)\./s;
const ANSWERED = /^The tool \S+, called earlier, answers: (.*)$/s;

const CALLED = /^You have called the tool /;

/** A note of the system that something was called, or has answered. */
export function isAboutTools(item: Item): boolean {
  if (!isMessage(item) || item.role !== 'system') return false;
  const text = textOf(item);
  return ENDED.test(text) || ANSWERED.test(text) || CALLED.test(text);
}

/** What the system has told of jobs and tools since anybody has said anything; undefined when it is nothing (S47). */
export function aboutNews(items: readonly Item[]): Answer | undefined {
  const last = stimulus(items);
  const since = items.slice(last ? items.indexOf(last) + 1 : 0);
  const answered = since.findLastIndex((item) => isMessage(item) && item.role === 'assistant');
  const notes = since
    .slice(answered + 1)
    .flatMap((item) => (isMessage(item) && item.role === 'system' ? [textOf(item)] : []));
  const ended = notes.filter((note) => ENDED.test(note));
  if (ended.length > 0) return aboutEnds(ended);
  const output = notes.flatMap((note) => ANSWERED.exec(note)?.[1] ?? []).at(-1);
  return output === undefined ? undefined : afterTool(output);
}

function aboutEnds(notes: readonly string[]): Answer {
  const ends = new Set(notes.map((note) => ENDED.exec(note)?.[2]));
  const say: ClipId[] = [];
  if (ends.has('is done')) say.push('tool-finished');
  if (ends.has('has failed')) say.push('tool-failed');
  say.push(say.length > 0 ? 'result-in-transcript' : 'for-everybody');
  const numbers = notes.map((note) => ENDED.exec(note)).map((match) => `Job ${match?.[1]} ${match?.[2]}.`);
  return { say, text: `${numbers.join(' ')} ${transcriptOf(say)}` };
}
