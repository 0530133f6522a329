import { FRAME_MS, type ParticipantId } from '@parley/contract';
import { Fader } from '../audio/Fader.ts';
import { DRAINED_MS, HeardPosition } from './HeardPosition.ts';
import { wordsIn } from './heardText.ts';
import { type BargeInSettings, Interruption } from './Interruption.ts';
import type { Clock } from './ports.ts';
import { RecentIds } from './RecentIds.ts';
import type { PlayedFrame, Replies } from './Replies.ts';

/** -12 dB: somebody makes a sound, and the reply makes room for it. */
const DUCKED = 0.25;
/** Silence of this length after a cut of which the provider makes no turn: it was no speech. */
const NOTHING_SAID_MS = 700;
/** Whoever has spoken for so long into a reply means it, whatever the words are. */
const MEANT_MS = 2_500;
/** A turn that ends while nobody has spoken for so long leaves nobody speaking. */
const PAUSE_MS = 200;
/** A transcript of the assistant's own words comes at most so long after the echo of them. */
const OWN_WORDS_MS = 10_000;
/** Turns that are remembered. */
const MAX_TURNS = 50;

/** One frame of the room, as the assistant hears it. */
export interface Overheard {
  /** Whose real speech is in it. */
  readonly speaking: ReadonlySet<ParticipantId>;
  /** Whose microphone hears mostly the assistant itself. */
  readonly echoes: ReadonlySet<ParticipantId>;
  /** Of those, who was taken for a speaker until now. */
  readonly found: ReadonlySet<ParticipantId>;
}

export interface BargeInOptions {
  clock: Clock;
  settings: BargeInSettings;
  replies: Replies;
  /** A response was asked for and none of its sound has come. */
  awaited: () => boolean;
  /** The provider is listening to somebody, or has not understood yet. */
  turnOpen: () => boolean;
  /** The cut is final: cancel, truncate, put on record. */
  finish: () => void;
  /** Silence fell, or the reply goes on. */
  changed: () => void;
}

/**
 * People who speak over the assistant. Its voice is lowered when somebody makes a sound and is silent when that is
 * speech; what was not said yet is kept until it is clear whether anything was meant (words, or long enough), else it
 * goes on from where it stopped. Nothing is thrown away or told to the provider before.
 */
export class BargeIn {
  readonly heard = new HeardPosition();
  readonly #options: BargeInOptions;
  readonly #interruption: Interruption;
  readonly #fader = new Fader();
  /** Turns that began while the assistant spoke. */
  readonly #overReply = new RecentIds(MAX_TURNS);
  readonly #asides = new RecentIds(MAX_TURNS);
  #held = false;
  #fading = false;
  /** The last frame of a reply that ended at once, on its way to silence. */
  #tail: PlayedFrame | undefined;
  #spokenMs = 0;
  #echoedAt = -Infinity;

  constructor(options: BargeInOptions) {
    this.#options = options;
    this.#interruption = new Interruption(options.settings);
  }

  configure(settings: BargeInSettings): void {
    this.#interruption.configure(settings);
  }

  /** The reply is cut and nobody knows yet whether for good. Nothing may be asked of the provider meanwhile. */
  get held(): boolean {
    return this.#held;
  }

  /** The assistant is to be heard. */
  get speaking(): boolean {
    return !this.#held && this.#options.replies.audible;
  }

  /** Every 20 ms: what is in the frame. */
  hear({ speaking, echoes, found }: Overheard): void {
    if (echoes.size > 0) this.#echoedAt = this.#options.clock.now();
    for (const id of found) this.#interruption.forget(id);
    const verdict = this.#interruption.update(speaking);
    if (this.#held) this.#watch(speaking.size > 0);
    else if (verdict === 'cut' && (this.#options.replies.audible || this.#options.awaited())) this.#hold();
  }

  /** The next 20 ms of the reply, louder or fainter in place. */
  pull(): PlayedFrame | undefined {
    const tail = this.#tail;
    this.#tail = undefined;
    if (tail) return tail;
    if (this.#held && !this.#fading) return undefined;
    const out = this.#options.replies.pull();
    const target = this.#held ? 0 : this.#interruption.verdict === 'duck' ? DUCKED : 1;
    if (out) this.#fader.apply(out.frame, target);
    else this.#fader.startAt(target);
    this.#fading = false;
    return out;
  }

  /** The provider hears somebody: a reply that has not begun waits until it is clear what was said. */
  turnStarted(itemId: string): void {
    const { replies, awaited } = this.#options;
    if (replies.audible || this.#held) this.#overReply.add(itemId);
    if (this.#held || !this.#interruption.enabled) return;
    if (awaited() || (replies.audible && !replies.begun)) this.#hold();
  }

  /**
   * What somebody said, before it is answered. Words over a reply end it, also when they were too soft or too short to
   * be noticed here. `voices`: how many people are known to have spoken; when that is nobody, and some microphone heard
   * the assistant, the words are its own.
   */
  transcribed(itemId: string, text: string, voices: number): void {
    const over = this.#overReply.has(itemId);
    const { clock, replies } = this.#options;
    const own = over && voices === 0 && clock.now() - this.#echoedAt < OWN_WORDS_MS;
    const words = wordsIn(text);
    if (own) this.#asides.add(itemId);
    else if (words === 'words') {
      if (this.#held || (over && this.speaking && this.#interruption.enabled)) this.#finish();
    }
    // Once the reply is over, "yes" is an answer to it.
    else if (over && words === 'aside' && replies.audible) this.#asides.add(itemId);
  }

  /** A turn of nothing but "mm-hm" while the assistant spoke, or of its own words: there is nothing to answer. */
  isAside(itemId: string): boolean {
    return this.#asides.has(itemId);
  }

  /** An answer to a turn is due: whatever was cut stays cut. */
  answerDue(): void {
    if (this.#held) this.#finish();
  }

  /** Somebody takes the floor, or the assistant may not speak any more: what is being said ends here. */
  stop(): void {
    const { replies, awaited } = this.#options;
    if (this.#held || replies.audible || awaited()) this.#finish();
  }

  /** A turn is over, or the link: goes on with the reply if nobody meant to stop it. */
  turnOver(): void {
    if (this.#held && this.#interruption.quietMs >= PAUSE_MS && !this.#options.turnOpen()) this.#resume();
  }

  /** How much of an item will have been heard when what is on its way has arrived, ms. */
  finalHeardMs(itemId: string): number | undefined {
    const nowMs = this.#options.clock.now();
    return this.heard.heardMs(itemId, nowMs + DRAINED_MS, nowMs);
  }

  #watch(voiced: boolean): void {
    if (voiced) this.#spokenMs += FRAME_MS;
    if (this.#spokenMs >= MEANT_MS) this.#finish();
    else if (this.#interruption.quietMs >= NOTHING_SAID_MS) this.turnOver();
    // Else the provider says what it was.
    else if (!this.#options.replies.audible && !this.#options.awaited()) this.#resume();
  }

  #hold(): void {
    this.#held = true;
    this.#fading = this.#options.replies.begun;
    this.#spokenMs = 0;
    this.#options.changed();
  }

  #finish(): void {
    if (this.speaking && this.#options.replies.begun) {
      this.#tail = this.#options.replies.pull();
      if (this.#tail) this.#fader.apply(this.#tail.frame, 0);
    }
    this.#held = false;
    this.#options.finish();
    this.#options.changed();
  }

  #resume(): void {
    this.#held = false;
    this.#options.replies.resume();
    this.#options.changed();
  }
}
