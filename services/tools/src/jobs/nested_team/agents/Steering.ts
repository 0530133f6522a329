import type { AgentInputItem } from '@openai/agents';
import { Inbox } from '../../Inbox.ts';

/**
 * Puts instructions into a run between two turns: each is read by the model from its next answer on, at the place in the
 * conversation where it came (R12).
 */
export class Steering {
  readonly #inbox: Inbox<string>;
  readonly #told: { at: number; item: AgentInputItem }[] = [];

  constructor(instructions: AsyncIterable<string>) {
    this.#inbox = new Inbox(instructions);
  }

  /** What the model is to read in place of `items`, the conversation without any instruction. */
  filter(items: readonly AgentInputItem[]): AgentInputItem[] {
    for (const content of this.#inbox.take())
      this.#told.push({ at: items.length, item: { type: 'message', role: 'user', content } });
    return this.#told.reduceRight((all, { at, item }) => all.toSpliced(at, 0, item), [...items]);
  }

  /** The conversation of a run that has ended, with every instruction in it. It ends with those that nobody has read. */
  fold(history: readonly AgentInputItem[]): AgentInputItem[] {
    const all = this.filter(history);
    this.#told.length = 0;
    return all;
  }

  close(): void {
    this.#inbox.close();
  }
}
