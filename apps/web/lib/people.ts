/** Hues (degrees in oklch) that stay clear of the assistant's blue and can be told apart side by side. */
const HUES = [8, 32, 56, 82, 108, 132, 160, 188, 212, 292, 318, 344] as const;

/** FNV-1a, 32 bit: stable across devices and reloads. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

/** The colour of a participant: the same on every screen, because it follows from the ID alone. */
export function toneOf(id: string): { hue: number; deep: boolean } {
  const value = hash(id);
  // The low bits of FNV are its weakest: fold the high ones in.
  const mixed = (value ^ (value >>> 15)) >>> 0;
  return { hue: HUES[mixed % HUES.length] ?? HUES[0], deep: ((mixed >>> 8) & 1) === 1 };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const lettersOf = (word: string) => Array.from(segmenter.segment(word), ({ segment }) => segment);

/** At most two letters: of the first and last word, or the first two of a single word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return '?';
  const letters =
    words.length === 1 ? lettersOf(first).slice(0, 2) : [lettersOf(first)[0], lettersOf(last)[0]];
  return letters.join('').toLocaleUpperCase();
}

/** `Ada`, `Ada and Ben`, `Ada, Ben and 3 more`. */
export function listNames(names: string[], shown = 2): string {
  if (names.length === 0) return 'nobody';
  if (names.length === 1) return names[0] ?? 'nobody';
  if (names.length <= shown) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}
