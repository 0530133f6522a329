import { FRAME_SAMPLES } from '@parley/contract';

/** 200 ms. */
export const BLOCK_SAMPLES = 10 * FRAME_SAMPLES;
/** 100 s of sound, 5 MB: what comes back beyond that is left to the engine. */
const MAX_SPARE = 500;

const spare: Int16Array[] = [];

/** A block of samples, with whatever was in it before. Whoever takes it gives it back, or forgets it. */
export function takeBlock(): Int16Array {
  return spare.pop() ?? new Int16Array(BLOCK_SAMPLES);
}

/** Not to be touched afterwards. */
export function giveBlock(block: Int16Array): void {
  if (spare.length < MAX_SPARE) spare.push(block);
}
