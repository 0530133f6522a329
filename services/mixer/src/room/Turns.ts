import type { AnswerDecision } from '@parley/contract';
import type { SaidTurn } from './AnswerPolicy.ts';
import type { HeldSpan } from './HeldSpeech.ts';
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
  answer: AnswerDecision;
}

/** Where it was said. */
export type TurnPlace = Pick<Turn, 'itemId' | 'startMs' | 'endMs'>;

interface OpenTurn {
  itemId: string;
  startMs: number | undefined;
  endMs: number | undefined;
  /** By the clock. */
  beganAt: number;
  held: boolean;
  answer: AnswerDecision | undefined;
  /** The provider has it, or will have it at once. */
  ended: boolean;
  /** What can be said of it at once is said; it holds up nobody any more. */
  ready: boolean;
  holds: boolean;
  undo: () => void;
}

export interface TurnsEffects {
  inputMs(): number;
  /** Somebody said something; its transcript may still be missing. */
  ready(turn: TurnPlace): void;
  /** Whether it is to be answered; asked again with the transcript when that is not known yet. */
  decide(turn: TurnPlace & Omit<SaidTurn, 'voices'>): AnswerDecision | undefined;
  /** Once, for a turn that is to be answered. */
  asked(turn: TurnPlace): void;
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

  /** `held`: where it was said, for a turn that the talk button made. It may be answered at once. */
  committed(itemId: string, held?: HeldSpan): void {
    const turn = this.#find(itemId);
    if (!turn) return;
    if (held && !turn.ended) {
      Object.assign(turn, held, { held: true });
      this.#end(turn);
      this.#decide(turn, { at: 'waiting' });
      if (turn.answer) this.#makeReady(turn);
    } else this.#end(turn);
  }

  /** The provider is known to have it, or was told of its end. */
  knows(itemId: string): boolean {
    return this.#open.has(itemId) || this.#over.has(itemId);
  }

  /** Nobody listens for the end of speech any more: what was begun ends here. True when there was any. */
  cut(): boolean {
    const begun = [...this.#open.values()].filter((turn) => !turn.ended);
    for (const turn of begun) this.#end(turn);
    return begun.length > 0;
  }

  transcribed(itemId: string, text: string): void {
    const turn = this.#find(itemId);
    if (!turn) return;
    const words = text.trim();
    // A cough is a turn on the record, but nothing to answer.
    if (!words) {
      turn.ready = true;
      turn.answer ??= 'nothing-said';
    }
    this.#decide(turn, { at: 'here', text: words });
    this.#complete(turn, words, words ? null : 'No words were recognised.');
  }

  failed(itemId: string, failure: string): void {
    const turn = this.#find(itemId);
    if (!turn) return;
    this.#decide(turn, { at: 'missing' });
    this.#complete(turn, '', failure);
  }

  /** Some turn is not on record yet. */
  any(of: (itemId: string) => boolean = () => true): boolean {
    for (const itemId of this.#open.keys()) if (of(itemId)) return true;
    return false;
  }

  /** Some turn has not come to its end. */
  unfinished(of: (itemId: string) => boolean): boolean {
    for (const { itemId, ended } of this.#open.values()) if (!ended && of(itemId)) return true;
    return false;
  }

  /** Their link is gone: these open turns will never hear of their transcripts, and none of them can be answered. */
  abandon(failure: string, of: (itemId: string) => boolean = () => true): void {
    for (const turn of this.#open.values()) {
      if (!of(turn.itemId)) continue;
      turn.ready = true;
      turn.answer ??= 'lost';
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
    if (oldest && this.#open.size >= MAX_OPEN) {
      this.#decide(oldest, { at: 'missing' });
      this.#complete(oldest, '', 'Too many turns were open at once.');
    }
    const turn: OpenTurn = {
      itemId,
      startMs: undefined,
      endMs: undefined,
      beganAt: this.#clock.now(),
      held: false,
      answer: undefined,
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
      turn.undo = this.#clock.after(TRANSCRIPT_MS, () => {
        this.#decide(turn, { at: 'missing' });
        this.#complete(turn, '', 'No transcript came from the provider.');
      });
      this.#decide(turn, { at: 'waiting' });
      this.#makeReady(turn);
      this.#effects.changed();
    });
  }

  #makeReady(turn: OpenTurn): void {
    if (turn.ready) return;
    turn.ready = true;
    this.#effects.ready(this.#place(turn));
    if (turn.answer === 'asked') this.#effects.asked(this.#place(turn));
  }

  /** The first decision stands. */
  #decide(turn: OpenTurn, transcript: SaidTurn['transcript']): void {
    if (turn.answer) return;
    const { beganAt, held } = turn;
    turn.answer = this.#effects.decide({ ...this.#place(turn), beganAt, held, transcript });
    // Ready before it was decided: the words came late.
    if (turn.ready && turn.answer === 'asked') this.#effects.asked(this.#place(turn));
  }

  #complete(turn: OpenTurn, text: string, failure: string | null): void {
    turn.undo();
    turn.ended = true;
    this.#open.delete(turn.itemId);
    this.#over.add(turn.itemId);
    this.#makeReady(turn);
    const { answer = 'not-addressed' } = turn;
    this.#effects.completed({ ...this.#place(turn), text, failure, answer });
    this.#effects.changed();
  }

  #place({ itemId, startMs, endMs }: OpenTurn): TurnPlace {
    const end = endMs ?? this.#effects.inputMs();
    return { itemId, startMs: Math.min(startMs ?? end, end), endMs: end };
  }
}
