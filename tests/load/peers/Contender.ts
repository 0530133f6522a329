import type { Usage } from '../tool/processes.ts';
import type { RtpBot } from '../tool/RtpBot.ts';

/** A system that mixes rooms of plain RTP participants. Whoever starts it closes it. */
export interface Contender {
  readonly name: string;
  /** Its processes that touch sound, together. */
  usage(): Promise<Usage>;
  /** Rooms that nobody is in. */
  openEmpty(count: number): Promise<{ close(): Promise<void> }>;
  /** `index` counts the rooms of a round. Rejects with words when it is refused; nothing stays then. */
  openRoom(index: number, participants: number): Promise<ContenderRoom>;
  /** In how many rooms the assistant speaks at this moment. */
  speaking(): Promise<number>;
  close(): Promise<void>;
}

export interface ContenderRoom {
  readonly bots: readonly RtpBot[];
  readonly joinMs: readonly number[];
  /** Told to hold back as little as it can, where that can be told. */
  readonly hurried: boolean;
  /** The people have fallen silent: it is the assistant's turn. */
  answer(): void;
  close(): Promise<void>;
}
