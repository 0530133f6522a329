/** A piece of an answer: 24 kHz, any length. */
export interface AnswerAudio {
  responseId: string;
  itemId: string;
  contentIndex: number;
  samples: Int16Array;
}

/** Plays answers in real time, where the server and not the client does it. */
export interface Playback {
  play(audio: AnswerAudio): void;
  /** No more audio comes of this response. */
  generated(responseId: string): void;
  /** Falls silent at once. */
  clear(): void;
  close(): void;
}
