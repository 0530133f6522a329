import type { ClipId } from '../speech/clips.ts';

/** What the simulator says by itself: phrases to speak, and the same in writing. */
export interface Answer {
  say: ClipId[];
  text: string;
}
