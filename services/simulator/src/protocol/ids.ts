import { randomBytes } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 21;

/** An ID in the provider's form: a prefix and 21 letters or digits, such as `item_Cx3…`. */
export function newId(
  prefix:
    | 'event'
    | 'sess'
    | 'item'
    | 'resp'
    | 'call'
    | 'conv'
    | 'conn'
    | 'ek'
    | 'rtc'
    | 'msg'
    | 'fc'
    | 'toolu'
    | 'req',
): string {
  const letters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]);
  return `${prefix}_${letters.join('')}`;
}
