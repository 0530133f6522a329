import type { Admission, PlayersRecord, RoomPlan } from '../Players.ts';
import type { EncodedVoice } from '../voices.ts';

/** What a thread of players is given when it starts. */
export interface CrewData {
  hubUrl: string;
  voices: readonly EncodedVoice[];
}

/** What it is asked. */
export type CrewRequest = { id: number } & (
  { what: 'play'; plan: RoomPlan } | { what: 'restart' } | { what: 'tell' } | { what: 'close' }
);

export type CrewReply = { id: number } & (
  { ok: true; answer: Admission | PlayersRecord | undefined } | { ok: false; message: string }
);
