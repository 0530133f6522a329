/** Something beside the words, as one line of the transcript. */
export interface Moment {
  text: string;
  /** seam: one conversation, carried on by another connection. */
  tone: 'quiet' | 'warning' | 'seam';
}
