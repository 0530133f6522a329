import type { ParticipantId, Speaker } from '@parley/contract';

/** Who brought about the answers: those who have spoken or typed since the one before. */
export class Causes {
  #waiting: (readonly Speaker[])[] = [];
  #asked: Speaker[] = [];

  /** A turn with its speakers, or a text with its author. */
  add(speakers: readonly Speaker[]): void {
    if (speakers.length > 0) this.#waiting.push(speakers);
  }

  /** An answer is asked for. When nobody has said anything since (a tool has answered), those of before caused it too. */
  asked(): void {
    if (this.#waiting.length === 0) return;
    this.#asked = merge(this.#waiting);
    this.#waiting = [];
  }

  /** Of the answer that was asked for last; shares add up to 1. */
  get last(): Speaker[] {
    return this.#asked;
  }
}

/** Every turn and every text counts alike, however long it was: each of them is answered. */
function merge(groups: readonly (readonly Speaker[])[]): Speaker[] {
  const sums = new Map<ParticipantId, Speaker>();
  for (const group of groups)
    for (const { participantId, name, share } of group) {
      const before = sums.get(participantId)?.share ?? 0;
      // Thirds add up to a little more than one.
      const sum = Math.min(1, before + share / groups.length);
      sums.set(participantId, { participantId, name, share: sum });
    }
  return [...sums.values()];
}
