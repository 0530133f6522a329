import type { ParticipantId } from '@parley/contract';

export interface TurnShare {
  participantId: ParticipantId;
  /** Part of the turn's voiced frames, 0…1. */
  share: number;
}

export interface TurnAttribution {
  /** Most first; the shares add up to 1; empty when nobody was heard. */
  speakers: TurnShare[];
  /** Part of the voiced frames in which two or more spoke at once, 0…1. */
  overlap: number;
}

/** Who was heard when, on the clock of the audio that was sent to the provider; the last 10 minutes of it. */
export class InputTimeline {
  /** One more frame of 20 ms was sent. `voices` holds the level (dBov) of each source in it; who is missing was silent. */
  advance(_voices: ReadonlyMap<ParticipantId, number>): void {}

  /** Audio sent so far, ms. */
  get inputMs(): number {
    return 0;
  }

  /** Who spoke between two moments of the input, ms. */
  turn(_startMs: number, _endMs: number): TurnAttribution {
    return { speakers: [], overlap: 0 };
  }
}
