import type { ParticipantId } from '@parley/contract';
import type { Clock } from './ports.ts';

/** A voice is heard so much longer than its button is held: it comes later than the message does, by what buffers it. */
export const RELEASE_TAIL_MS = 240;
/** The least that makes a turn; the provider refuses less. */
export const MIN_HELD_MS = 100;
/** A turn that the provider has not confirmed in this time holds up nobody any more. */
export const CONFIRM_WITHIN_MS = 3_000;

/** Where a turn lies on the room's input clock, and when it began. */
export interface HeldSpan {
  startMs: number;
  endMs: number;
  beganAt: number;
}

export interface HeldSpeechEffects {
  inputMs(): number;
  /** Somebody takes the floor: what the provider has heard before is forgotten, a reply is cut off. */
  begin(): void;
  /** Makes a turn of what was said. */
  commit(): void;
  /** It was too short to be one. */
  drop(): void;
  /** `busy` may have changed. */
  changed(): void;
}

interface Waiting {
  span: HeldSpan;
  undo: () => void;
}

/**
 * Turns that are made by holding the talk button. One lasts from the first hold to the last release, and a little
 * longer; while it lasts only those who hold are heard, and in between nobody.
 */
export class HeldSpeech {
  readonly #clock: Clock;
  readonly #effects: HeldSpeechEffects;
  #byHolding = false;
  #linked = false;
  readonly #holders = new Set<ParticipantId>();
  /** Those who have just let go, with the undo of their end. */
  readonly #tails = new Map<ParticipantId, () => void>();
  #admitted: ReadonlySet<ParticipantId> = new Set();
  /** The turn that is being spoken; `releasedMs` once nobody holds any more. */
  #speaking: { startMs: number; beganAt: number; releasedMs: number | undefined } | undefined;
  /** Said while there was no link: a turn when there is one again. */
  #owed: HeldSpan | undefined;
  /** Committed and not confirmed, in order. */
  readonly #waiting: Waiting[] = [];

  constructor(clock: Clock, effects: HeldSpeechEffects) {
    this.#clock = clock;
    this.#effects = effects;
  }

  /** Whose voices go to the provider; undefined: everybody's. The set does not change, it is replaced. */
  get admitted(): ReadonlySet<ParticipantId> | undefined {
    return this.#byHolding ? this.#admitted : undefined;
  }

  /** Somebody speaks, or has spoken and the provider has not said so yet. */
  get busy(): boolean {
    return this.#speaking !== undefined || this.#waiting.length > 0;
  }

  /** Whether turns are made like this at all. What is being said when it ends is a turn. */
  configure(byHolding: boolean): void {
    if (byHolding === this.#byHolding) return;
    this.#byHolding = byHolding;
    if (!byHolding) this.#endTails();
    this.#look();
  }

  /** Who holds the button now. */
  hold(holders: readonly ParticipantId[]): void {
    for (const id of holders) {
      this.#tails.get(id)?.();
      this.#tails.delete(id);
    }
    for (const id of this.#holders) if (!holders.includes(id)) this.#letGo(id);
    this.#holders.clear();
    for (const id of holders) this.#holders.add(id);
    this.#look();
  }

  /** A link that has heard the input from `fromMs` on. */
  linked(fromMs: number): void {
    this.#linked = true;
    const owed = this.#owed;
    this.#owed = undefined;
    const speaking = this.#speaking;
    if (speaking) {
      const startMs = Math.min(speaking.startMs, owed?.startMs ?? Infinity);
      speaking.startMs = Math.max(startMs, fromMs);
    } else if (owed) this.#end({ ...owed, startMs: Math.max(owed.startMs, fromMs) }, owed.endMs);
  }

  /** Another link hears what is said from now on: what was said so far is a turn of the one of before, told so now. */
  split(): void {
    const speaking = this.#speaking;
    if (!speaking) return;
    const endMs = this.#effects.inputMs();
    this.#speaking = { ...speaking, startMs: endMs, beganAt: this.#clock.now() };
    this.#end({ ...speaking, endMs }, endMs);
  }

  /** The link is gone, and what it has not confirmed. */
  unlinked(): void {
    this.#linked = false;
    for (const { undo } of this.#waiting.splice(0)) undo();
  }

  /** The provider has made an item that no detector of its own found: the turn it is of, if it is one of these. */
  confirmed(): HeldSpan | undefined {
    const first = this.#waiting.shift();
    first?.undo();
    return first?.span;
  }

  close(): void {
    this.#endTails();
    this.unlinked();
    this.#speaking = undefined;
  }

  #letGo(id: ParticipantId): void {
    if (!this.#byHolding) return;
    const undo = this.#clock.after(RELEASE_TAIL_MS, () => {
      this.#tails.delete(id);
      this.#look();
    });
    this.#tails.set(id, undo);
  }

  #endTails(): void {
    for (const undo of this.#tails.values()) undo();
    this.#tails.clear();
  }

  /** Begins and ends turns as the holders say. */
  #look(): void {
    this.#admitted = this.#byHolding ? new Set([...this.#holders, ...this.#tails.keys()]) : new Set();
    const inputMs = this.#effects.inputMs();
    const speaking = this.#speaking;
    if (this.#admitted.size === 0) {
      this.#speaking = undefined;
      if (speaking) this.#end({ ...speaking, endMs: inputMs }, speaking.releasedMs ?? inputMs);
    } else if (!speaking) {
      this.#speaking = { startMs: inputMs, beganAt: this.#clock.now(), releasedMs: undefined };
      this.#effects.begin();
    } else if (this.#holders.size > 0) speaking.releasedMs = undefined;
    else speaking.releasedMs ??= inputMs;
    this.#effects.changed();
  }

  #end({ startMs, endMs, beganAt }: HeldSpan, releasedMs: number): void {
    const span = { startMs, endMs, beganAt };
    if (releasedMs - startMs < MIN_HELD_MS) {
      this.#effects.drop();
      return;
    }
    if (!this.#linked) {
      this.#owed = { ...span, startMs: Math.min(startMs, this.#owed?.startMs ?? startMs) };
      return;
    }
    const waiting: Waiting = {
      span,
      undo: this.#clock.after(CONFIRM_WITHIN_MS, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#effects.changed();
      }),
    };
    this.#waiting.push(waiting);
    this.#effects.commit();
  }
}
