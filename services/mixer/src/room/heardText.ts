/** A pause after a mark, in letters: about what a voice makes of it. */
const PAUSES: Record<string, number> = { ',': 4, ';': 5, ':': 5, '.': 8, '!': 8, '?': 8, '…': 8 };

/**
 * The words of a reply up to a part (0…1) of its audio, and the rest; together they are the text. Nobody tells at which
 * word each sound is, so a word counts by its letters and a mark by its pause; a word half of which was heard was heard.
 */
export function splitHeard(text: string, part: number): { heard: string; rest: string } {
  if (!(part > 0)) return { heard: '', rest: text };
  if (part >= 1) return { heard: text, rest: '' };
  const words = (text.match(/\s*\S+/gu) ?? []).map((word) => ({ word, ...costOf(word.trim()) }));
  const total = words.reduce((sum, { sound, pause }) => sum + sound + pause, 0) - (words.at(-1)?.pause ?? 0);
  let passed = 0;
  let length = 0;
  for (const { word, sound, pause } of words) {
    if (passed + sound / 2 > total * part) break;
    passed += sound + pause;
    length += word.length;
  }
  return { heard: text.slice(0, length), rest: text.slice(length) };
}

/** In letters. */
function costOf(word: string): { sound: number; pause: number } {
  const marks = /[^\p{L}\p{N}]+$/u.exec(word)?.[0] ?? '';
  // Numbers are read out; the gap to the next word is worth one letter.
  const digits = word.match(/\p{N}/gu)?.length ?? 0;
  const pause = Math.max(0, ...Array.from(marks, (mark) => PAUSES[mark] ?? 0));
  return { sound: word.length - marks.length + 1 + digits * 3, pause };
}

/** Said while another one speaks, and no wish to stop it: one to three of these words and nothing else. */
const ASIDES = new Set(
  (
    'mm mmm mhm hm hmm mmhm mmhmm uh huh uhhuh aha ah oh uhu ' +
    'yeah yep yes yup okay ok right sure cool nice good great wow exactly true indeed ' +
    'ja jo jep genau stimmt klar gut schön echt oui ouais daccord sí vale claro si certo'
  ).split(' '),
);
const MAX_ASIDE_WORDS = 3;

/** What a transcript of speech over the assistant says about it. */
export function wordsIn(text: string): 'none' | 'aside' | 'words' {
  const words = text
    .toLowerCase()
    .replaceAll(/['’-]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  if (words.length === 0) return 'none';
  return words.length <= MAX_ASIDE_WORDS && words.every((word) => ASIDES.has(word)) ? 'aside' : 'words';
}
