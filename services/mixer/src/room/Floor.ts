import type { ParticipantId } from '@parley/contract';
import type { Clock } from './ports.ts';

/** A button that was never let go of (a lost message, a page that hangs) must not hold the room for ever. */
export const MAX_HOLD_MS = 60_000;

/** Who holds the talk button. Several may; every call is harmless when repeated. */
export class Floor {
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** With the undo of the end by time. */
  readonly #holds = new Map<ParticipantId, () => void>();

  /** `changed` is called after each change of the holders. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** In the order in which they took hold. */
  get holders(): ParticipantId[] {
    return [...this.#holds.keys()];
  }

  /** A repeat does not make it longer. */
  hold(id: ParticipantId): void {
    if (this.#holds.has(id)) return;
    this.#holds.set(
      id,
      this.#clock.after(MAX_HOLD_MS, () => this.release(id)),
    );
    this.#changed();
  }

  release(id: ParticipantId): void {
    const undo = this.#holds.get(id);
    if (!undo) return;
    undo();
    this.#holds.delete(id);
    this.#changed();
  }

  /** Ends without a word. */
  close(): void {
    for (const undo of this.#holds.values()) undo();
    this.#holds.clear();
  }
}
