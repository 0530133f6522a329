import type { Clock } from './ports.ts';
import { RecentIds } from './RecentIds.ts';

/** How long an answer waits for the transcript of what it answers. */
export const READY_MS = 3_000;
/** How long the record of a turn waits for it, counted from there. */
export const TRANSCRIPT_MS = 12_000;
/** Speech whose end was not told in this time holds up nobody's answer any more. */
export const ENDLESS_MS = 120_000;
const MAX_OPEN = 32;

/** One stretch of speech. Times are on the room's input clock. */
export interface Turn {
  itemId: string;
  startMs: number;
  endMs: number;
  text: string;
  /** Why there is no text. */
  failure: string | null;
}

interface OpenTurn {
  itemId: string;
  startMs: number | undefined;
  endMs: number | undefined;
  /** The provider has it, or will have it at once. */
  ended: boolean;
  /** It may be answered now. */
  ready: boolean;
  holds: boolean;
  undo: () => void;
}

export interface TurnsEffects {
  inputMs(): number;
  /** The turn may be answered; its transcript may still be missing. */
  ready(turn: { itemId: string; startMs: number; endMs: number }): void;
  /** Once for each turn, last. */
  completed(turn: Turn): void;
  /** `held` may have changed by the clock alone. */
  changed(): void;
}

/**
 * Puts together what the provider tells about each turn, in any order and any number of times:
 * started, stopped, committed, transcript.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #effects: TurnsEffects;
  readonly #open = new Map<string, OpenTurn>();
  readonly #over = new RecentIds(1_000);

  constructor(clock: Clock, effects: TurnsEffects) {
    this.#clock = clock;
    this.#effects = effects;
  }

  /** Somebody speaks, or has spoken and was not understood yet. */
  get held(): boolean {
    for (const turn of this.#open.values()) if (turn.holds && !turn.ready) return true;
    return false;
  }

  /** The turn is open; a delta of its transcript is of use. */
  hears(itemId: string): boolean {
    return this.#find(itemId) !== undefined;
  }

  /** True when this is news: somebody has just begun to speak. */
  started(itemId: string, atMs: number): boolean {
    const turn = this.#find(itemId);
    if (!turn || turn.startMs !== undefined) return false;
    turn.startMs = atMs;
    return !turn.ended;
  }

  stopped(itemId: string, atMs: number): void {
    const turn = this.#find(itemId);
    if (!turn) return;
    turn.endMs ??= atMs;
    this.#end(turn);
  }

  committed(itemId: string): void {
    const turn = this.#find(itemId);
    if (turn) this.#end(turn);
  }

  transcribed(itemId: string, text: string): void {
    const turn = this.#find(itemId);
    if (!turn) return;
    const words = text.trim();
    // A cough is a turn on the record, but nothing to answer.
    if (!words) turn.ready = true;
    this.#complete(turn, words, words ? null : 'No words were recognised.');
  }

  failed(itemId: string, failure: string): void {
    const turn = this.#find(itemId);
    if (turn) this.#complete(turn, '', failure);
  }

  /** The link is gone: no open turn will ever hear of its transcript, and none of them can be answered. */
  abandon(failure: string): void {
    for (const turn of this.#open.values()) {
      turn.ready = true;
      this.#complete(turn, '', failure);
    }
  }

  /** Ends without a word. */
  close(): void {
    for (const turn of this.#open.values()) turn.undo();
    this.#open.clear();
  }

  #find(itemId: string): OpenTurn | undefined {
    const found = this.#open.get(itemId);
    if (found || this.#over.has(itemId)) return found;
    const [oldest] = this.#open.values();
    if (oldest && this.#open.size >= MAX_OPEN)
      this.#complete(oldest, '', 'Too many turns were open at once.');
    const turn: OpenTurn = {
      itemId,
      startMs: undefined,
      endMs: undefined,
      ended: false,
      ready: false,
      holds: true,
      undo: this.#clock.after(ENDLESS_MS, () => {
        turn.holds = false;
        this.#effects.changed();
      }),
    };
    this.#open.set(itemId, turn);
    return turn;
  }

  #end(turn: OpenTurn): void {
    if (turn.ended) return;
    turn.ended = true;
    turn.endMs ??= this.#effects.inputMs();
    turn.undo();
    turn.undo = this.#clock.after(READY_MS, () => {
      turn.undo = this.#clock.after(TRANSCRIPT_MS, () =>
        this.#complete(turn, '', 'No transcript came from the provider.'),
      );
      this.#makeReady(turn);
      this.#effects.changed();
    });
  }

  #makeReady(turn: OpenTurn): void {
    if (turn.ready) return;
    turn.ready = true;
    this.#effects.ready({ itemId: turn.itemId, ...this.#times(turn) });
  }

  #complete(turn: OpenTurn, text: string, failure: string | null): void {
    turn.undo();
    turn.ended = true;
    this.#open.delete(turn.itemId);
    this.#over.add(turn.itemId);
    this.#makeReady(turn);
    this.#effects.completed({ itemId: turn.itemId, ...this.#times(turn), text, failure });
    this.#effects.changed();
  }

  #times({ startMs, endMs }: OpenTurn): { startMs: number; endMs: number } {
    const end = endMs ?? this.#effects.inputMs();
    return { startMs: Math.min(startMs ?? end, end), endMs: end };
  }
}
