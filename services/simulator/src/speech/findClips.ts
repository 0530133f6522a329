import { isClipId, PHRASES, type ClipId } from './clips.ts';
import { GREATEST_NUMBER, numberClips } from './numbers.ts';

const normal = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .split(' ')
    .filter(Boolean);

/** Longest first, so that "I heard about" wins over nothing and "seventeen" over "seven". */
const BY_LENGTH = Object.entries(PHRASES)
  .flatMap(([id, text]) => (isClipId(id) ? [{ id, words: normal(text) }] : []))
  .toSorted((a, b) => b.words.length - a.words.length);

/**
 * Finds the recorded phrases that speak a sentence: `Hello everybody. I heard about 3 seconds of speech.` Case and
 * punctuation do not matter, digits up to 99 are spoken as words. Throws with the first words that nobody recorded.
 */
export function findClips(sentence: string): ClipId[] {
  const words = normal(sentence);
  const clips: ClipId[] = [];
  for (let at = 0; at < words.length;) {
    const word = words[at] ?? '';
    const number = /^\d+$/.test(word) ? Number(word) : undefined;
    if (number !== undefined && number <= GREATEST_NUMBER) {
      clips.push(...numberClips(number));
      at += 1;
      continue;
    }
    const match = BY_LENGTH.find((phrase) => phrase.words.every((other, i) => words[at + i] === other));
    if (!match)
      throw new Error(
        `No recorded words for "${words.slice(at, at + 4).join(' ')}" (src/speech/phrases.json)`,
      );
    clips.push(match.id);
    at += match.words.length;
  }
  return clips;
}
