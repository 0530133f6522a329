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

/** The colour of a person: a hue, light or deep. */
export interface Tone {
  hue: number;
  deep: boolean;
}

const TONES: readonly Tone[] = [false, true].flatMap((deep) => HUES.map((hue) => ({ hue, deep })));
/** To the next tone when one is taken: coprime to their number, so that every tone is reached, and far in hue. */
const STRIDE = 7;

function wishOf(id: string): number {
  const value = hash(id);
  // The low bits of FNV are its weakest: fold the high ones in.
  return ((value ^ (value >>> 15)) >>> 0) % TONES.length;
}

const toneAt = (index: number): Tone => TONES[index % TONES.length] ?? { hue: HUES[0], deep: false };

/** The tone that an ID wishes for: what it gets where nobody else has it. */
export const toneOf = (id: string): Tone => toneAt(wishOf(id));

/**
 * A tone for each ID, no two the same while there are enough. Who comes earlier in the list has the first choice, so
 * everybody who lists the same people in the order of their coming gives them the same tones.
 */
export function assignTones(ids: readonly string[]): ReadonlyMap<string, Tone> {
  const tones = new Map<string, Tone>();
  const taken = new Set<number>();
  for (const id of ids) {
    if (tones.has(id)) continue;
    let index = wishOf(id);
    for (let step = 0; step < TONES.length && taken.has(index); step++)
      index = (index + STRIDE) % TONES.length;
    taken.add(index);
    tones.set(id, toneAt(index));
  }
  return tones;
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
