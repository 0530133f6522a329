import type { CallCause, ParticipantId, Role, Speaker } from '@parley/contract';
import { mergeCauses } from './mergeCauses.ts';

/** Turns and texts behind one answer; the oldest are left out. */
const MAX_SAID = 50;

interface Said {
  itemId: string;
  by: 'voice' | 'text';
  speakers: readonly Speaker[];
  overlap: number;
  text: string;
  /** It is to be answered. */
  asked: boolean;
}

/**
 * What the assistant was asked since its last answer: on whose word the model does what it does next. What people say to
 * each other is not theirs to answer for. An answer that nobody heard anything of was none, so those who waited for it
 * have caused the next one too.
 */
export class Words {
  readonly #roles: ReadonlyMap<ParticipantId, Role>;
  /** Since the last answer was asked for. */
  #pending: Said[] = [];
  /** Behind the answer that was asked for last. */
  #said: Said[] = [];
  #inherited: CallCause[] = [];
  /** What the next answer goes on from, beside what is said. */
  #handed: CallCause[] = [];
  /** That answer was heard, or has come to its end: who speaks now speaks anew. */
  #answered = true;
  /** Of what that answer has called for, something has come back. */
  #goesOn = false;

  constructor(roles: ReadonlyMap<ParticipantId, Role>) {
    this.#roles = roles;
  }

  /** A turn has ended. Its words may come later. */
  spoken(itemId: string, speakers: readonly Speaker[], overlap: number): void {
    this.#add({ itemId, by: 'voice', speakers, overlap, text: '', asked: false });
  }

  /** A turn is to be answered. */
  asked(itemId: string): void {
    for (const said of this.#pending) if (said.itemId === itemId) said.asked = true;
  }

  /** The words of a turn, and the end of it: if it was not to be answered, it never will be. */
  understood(itemId: string, text: string): void {
    for (const said of [...this.#said, ...this.#pending]) if (said.itemId === itemId) said.text = text;
    this.#pending = this.#pending.filter((said) => said.asked || said.itemId !== itemId);
  }

  typed(itemId: string, author: Speaker, text: string): void {
    this.#add({ itemId, by: 'text', speakers: [author], overlap: 0, text, asked: true });
  }

  /** A function has answered: what comes of that has the same cause. */
  goOn(): void {
    this.#goesOn = true;
  }

  /** The next answer is about something that was caused long ago. */
  hand(cause: CallCause): void {
    this.#handed.push(cause);
  }

  /** An answer is asked for, to all that was said until now. */
  ask(): void {
    const pending = this.#pending.filter(({ asked }) => asked);
    const goesOn = this.#goesOn || !this.#answered || pending.length + this.#handed.length === 0;
    this.#said = [...(goesOn ? this.#said : []), ...pending].slice(-MAX_SAID);
    this.#inherited = [...new Set([...(goesOn ? this.#inherited : []), ...this.#handed])].slice(-MAX_SAID);
    this.#pending = this.#pending.filter(({ asked }) => !asked);
    this.#handed = [];
    this.#goesOn = false;
    this.#answered = false;
  }

  /** The answer that was asked for last is heard, or over. */
  answered(): void {
    this.#answered = true;
  }

  /** Of what the answer that was asked for last calls. */
  get cause(): CallCause {
    return mergeCauses([...this.#inherited, ...this.#said.map((said) => this.#causeOf(said))]);
  }

  #causeOf({ by, speakers, overlap, text }: Said): CallCause {
    // Whoever was never let in here has no rights.
    const askers = speakers.map((speaker) => ({
      ...speaker,
      role: this.#roles.get(speaker.participantId) ?? ('listener' as const),
    }));
    return { askers, overlap, by, words: text };
  }

  #add(said: Said): void {
    this.#pending.push(said);
    if (this.#pending.length > MAX_SAID) this.#pending.shift();
  }
}
