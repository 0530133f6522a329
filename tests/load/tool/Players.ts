import type { SessionId } from '@parley/contract';
import type { Received } from './Reception.ts';

/** One room to be filled: its session exists, nobody is in it. */
export interface RoomPlan {
  sessionId: SessionId;
  ownerToken: string;
  participants: number;
  talkers: number;
  /** Its place in the cycle when the talk begins, ms. */
  fromMs: number;
  /**
   * When each one comes, ms; then nobody waits for another, and whoever is refused stays away alone. Without it they come one
   * after the other, and all go when one of them is refused.
   */
  arrivals?: readonly number[];
}

/** Of those who came to a room. */
export interface Admission {
  /** How long each one's join took, from when it came. */
  joinMs: number[];
  /** Why others are not in: the hub's words, or whatever else went wrong. */
  refused: string[];
  failed: string[];
}

/** What one bot has heard. */
export interface BotRecord {
  /** One for each stream that came to it. */
  received: Received[];
  /** When each voice began to be heard. Plain RTP is one mixed stream: whose voice is not to be told. */
  beginnings: { who: Who; atMs: number[] }[];
  /** What ended its part before its time, in words. */
  troubles: string[];
}

/** A bot by its place in the room. */
export type Who = number | 'assistant' | 'anybody';

/** A beginning of a cycle: nobody else was to be heard then. */
export interface Begun {
  /** When the first packet left, ms. */
  atMs: number;
  bot: number;
}

export interface RoomRecord {
  sessionId: SessionId;
  begun: readonly Begun[];
  /** When the last one of each cycle fell silent. */
  ended: readonly number[];
  bots: BotRecord[];
}

export interface PlayersRecord {
  rooms: RoomRecord[];
  /** How late their frames were, ms: they measure nothing when they cannot keep up themselves. */
  lateMs: readonly number[];
}

/** Those who play the participants of rooms, in this thread or in others. All times are this process' `performance.now()`. */
export interface Players {
  /** Lets everybody into a room; their talk begins then. */
  play(plan: RoomPlan): Promise<Admission>;
  /** Forgets what was heard and counted until now. */
  restart(): Promise<void>;
  tell(): Promise<PlayersRecord>;
  close(): Promise<void>;
}

/** When `who` began to be heard, as far as the bot can tell voices apart. */
export function beginningsOf(bot: BotRecord | undefined, who: Who): readonly number[] {
  return bot?.beginnings.find((heard) => heard.who === who || heard.who === 'anybody')?.atMs ?? [];
}
