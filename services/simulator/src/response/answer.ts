import type { Item, MessageItem } from '../conversation/items.ts';
import { isAudio, isMessage, stimulus, textOf } from '../conversation/items.ts';
import type { ClipId } from '../speech/clips.ts';
import { GREATEST_NUMBER, numberClips } from '../speech/numbers.ts';
import { transcriptOf } from '../speech/utterance.ts';
import { aboutNews, afterTool } from './afterTool.ts';
import type { Answer } from './ownWords.ts';

/** One after another, so that a conversation does not repeat itself at once. */
const FOLLOW_UPS: ClipId[] = ['go-on', 'others-think', 'add-something', 'who-is-next', 'next-point'];

const SUBJECTS: { pattern: RegExp; say: ClipId[] }[] = [
  { pattern: /\b(hello|hi|hey|good (morning|evening|day))\b/i, say: ['hello-everybody', 'good-to-have-you'] },
  { pattern: /\bhow are you\b/i, say: ['i-am-fine', 'good-to-have-you'] },
  {
    pattern: /\b(help|parley|what can (you|i|we) do|who are you|what are you)\b/i,
    say: ['i-am-simulated', 'parley-is', 'all-hear-all', 'you-can', 'with-a-key'],
  },
  { pattern: /\b(thanks?|thank you)\b/i, say: ['you-are-welcome'] },
  { pattern: /\b(bye|goodbye|see you)\b/i, say: ['goodbye'] },
];

/** The most that is quoted of a text. */
const MAX_QUOTE = 300;

/**
 * Answers the last item of a conversation. The first answer greets, the later ones vary. It claims no more than is true: it hears that there is speech, and reads what is typed (S41).
 */
export function answer(items: readonly Item[]): Answer {
  const news = aboutNews(items);
  if (news) return news;
  const last = stimulus(items);
  if (last?.type === 'function_call_output') return afterTool(last.output);
  if (!last) return spoken(['hello-everybody', 'i-am-simulated', 'go-on']);
  const typed = textOf(last);
  if (typed) return aboutText(typed);
  if (last.content.some((part) => part.type === 'input_audio')) return aboutSpeech(last, answersIn(items));
  return spoken(['go-on']);
}

/** The most that is written down of one item, and how many of them. */
const MAX_MINUTE = 120;
const MAX_MINUTES = 40;

/** What there was in a conversation: the words that were written, and how long people spoke (S46). */
export function minutes(items: readonly Item[]): Answer {
  const lines = items.flatMap((item) => (isMessage(item) ? [minute(item)] : []));
  const text = `${lines.length} items. ${lines.slice(-MAX_MINUTES).join(' ')}`;
  return { say: ['no-words-for-that'], text };
}

function minute(item: MessageItem): string {
  const words = textOf(item);
  const ms = item.speechMs ?? item.content.reduce((sum, part) => sum + (isAudio(part) ? part.ms : 0), 0);
  const said = words ? `"${words.slice(0, MAX_MINUTE)}"` : `${(ms / 1000).toFixed(1)} s of speech`;
  return `${item.role}: ${said}.`;
}

function answersIn(items: readonly Item[]): number {
  return items.filter((item) => isMessage(item) && item.role === 'assistant').length;
}

function aboutText(text: string): Answer {
  const count = /\bcount (?:up )?to (\d{1,2})\b/i.exec(text);
  const subject = SUBJECTS.find(({ pattern }) => pattern.test(text));
  if (count) {
    const numbers = Array.from({ length: Number(count[1]) }, (_, i) => numberClips(i + 1)).flat();
    return quoting(text, ['counting', ...numbers]);
  }
  if (subject) return quoting(text, subject.say);
  if (text.trim().endsWith('?')) return quoting(text, ['good-question', 'no-answer', 'somebody-knows']);
  const words = text.trim().split(/\s+/).length;
  if (words > GREATEST_NUMBER) return quoting(text, ['for-everybody', 'others-think']);
  return quoting(text, [
    'got-your-message',
    ...numberClips(words),
    words === 1 ? 'word' : 'words',
    'for-everybody',
  ]);
}

function aboutSpeech(turn: MessageItem, answersBefore: number): Answer {
  const ms = turn.speechMs ?? turn.content.reduce((sum, part) => sum + (isAudio(part) ? part.ms : 0), 0);
  const followUp = FOLLOW_UPS[answersBefore % FOLLOW_UPS.length] ?? 'go-on';
  const opening: ClipId[] = answersBefore === 0 ? ['hello-everybody', 'i-am-simulated'] : [];
  return spoken([...opening, ...heard(ms), followUp]);
}

/** "I heard about twenty-seven seconds of speech." */
function heard(ms: number): ClipId[] {
  if (ms === 0) return ['no-speech'];
  const seconds = Math.round(ms / 1000);
  if (seconds === 0) return ['i-heard-a-moment'];
  if (seconds > GREATEST_NUMBER)
    return ['i-heard-more-than', ...numberClips(GREATEST_NUMBER), 'seconds-of-speech'];
  return ['i-heard-about', ...numberClips(seconds), seconds === 1 ? 'second-of-speech' : 'seconds-of-speech'];
}

function quoting(text: string, say: ClipId[]): Answer {
  return { say, text: `You wrote: "${text.slice(0, MAX_QUOTE)}". ${transcriptOf(say)}` };
}

function spoken(say: ClipId[]): Answer {
  return { say, text: transcriptOf(say) };
}
