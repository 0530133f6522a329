/** Names shorter than this must be heard exactly: one letter makes another word of them. */
const TOLERANT_FROM = 5;
/** Written without spaces between words, or with particles tied to the name. */
const RUN_TOGETHER =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

const plain = (text: string) => text.toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '');
const wordsOf = (text: string): string[] => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Whether one of the names is said anywhere in the text. Case, accents and punctuation do not matter; a name is whole
 * words, never a part of one. Long names may be misheard by one letter, and written apart or together.
 */
export function saysName(text: string, names: readonly string[]): boolean {
  const words = wordsOf(text);
  return names.some((name) =>
    RUN_TOGETHER.test(name) ? plain(text).includes(plain(name).trim()) : isSaid(words, wordsOf(name)),
  );
}

function isSaid(words: readonly string[], name: readonly string[]): boolean {
  const wanted = name.join('');
  if (!wanted) return false;
  const tolerant = wanted.length >= TOLERANT_FROM;
  for (let count = 1; count <= name.length + 1; count++) {
    if (count !== name.length && !tolerant) continue;
    const mayDiffer = tolerant && count === name.length;
    for (let at = 0; at + count <= words.length; at++) {
      const said = words.slice(at, at + count).join('');
      if (said === wanted || (mayDiffer && isOneOff(said, wanted))) return true;
    }
  }
  return false;
}

/** One letter more, less, or other (Levenshtein distance 1). */
function isOneOff(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  const rest = short.length === long.length ? at + 1 : at;
  return short.slice(rest) === long.slice(at + 1);
}
