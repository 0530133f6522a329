import type { BotRecord, RoomPlan } from './Players.ts';

/** One participant that sends what it is given and counts what it hears. */
export interface Bot {
  readonly record: BotRecord;
  /** One Opus packet of a level (dBov); `skippedFrames` of 20 ms were not sent before it. */
  send(payload: Uint8Array, skippedFrames: number, dbov: number): void;
  /** Forgets what was heard until now. */
  restart(): void;
  close(): void | Promise<void>;
}

/** What lets the bots of one room in, one after the other. Rejects with the hub's error (`HubError`) when it refuses. */
export type Joining = (plan: RoomPlan) => (index: number) => Promise<Bot>;
