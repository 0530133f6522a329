import { isClipId, type ClipId } from './clips.ts';

/** The greatest number that can be spoken. */
export const GREATEST_NUMBER = 99;

/** The clips that speak a whole number from 0 to 99: `[twenty, seven]`. Throws RangeError outside. */
export function numberClips(number: number): ClipId[] {
  if (!Number.isInteger(number) || number < 0 || number > GREATEST_NUMBER)
    throw new RangeError(`No clips for the number ${number}`);
  const parts = number < 20 || number % 10 === 0 ? [number] : [number - (number % 10), number % 10];
  return parts.map((part) => {
    const id = `number-${part}`;
    if (!isClipId(id)) throw new RangeError(`No clip for ${part}`);
    return id;
  });
}

const isTens = (id: ClipId) => /^number-[2-9]0$/.test(id);
const isDigit = (id: ClipId) => /^number-[1-9]$/.test(id);

/** Twenty and seven make one word, "twenty-seven". */
export function joinsToOneNumber(first: ClipId, second: ClipId): boolean {
  return isTens(first) && isDigit(second);
}
