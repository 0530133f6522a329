import type { CommandId, ControlAnswer } from '@parley/contract';

/** A hub repeats a command within seconds or never. */
const KEEP_MS = 60_000;
const KEEP_AT_MOST = 5_000;

/** Answers by command ID, so that a repeat is answered and not carried out again. The oldest go first. */
export class Answers {
  readonly #now: () => number;
  readonly #answers = new Map<CommandId, { at: number; answer: Promise<ControlAnswer> }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get(id: CommandId): Promise<ControlAnswer> | undefined {
    return this.#answers.get(id)?.answer;
  }

  /** Also while it is still being worked on. */
  remember(id: CommandId, answer: Promise<ControlAnswer>): void {
    const now = this.#now();
    this.#answers.set(id, { at: now, answer });
    for (const [oldest, { at }] of this.#answers) {
      if (this.#answers.size <= KEEP_AT_MOST && now - at <= KEEP_MS) break;
      this.#answers.delete(oldest);
    }
  }
}
