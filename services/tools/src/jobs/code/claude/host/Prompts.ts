import { randomUUID } from 'node:crypto';

export interface UserMessage {
  type: 'user';
  uuid: string;
  message: { role: 'user'; content: string };
  parent_tool_use_id: null;
}

/** What the person says to the agent: the task, and instructions that come while it works. */
export class Prompts {
  readonly #queue: UserMessage[] = [];
  readonly #unread = new Set<string>();
  #wake: () => void = () => {};
  #open = true;

  add(content: string): void {
    const uuid = randomUUID();
    this.#unread.add(uuid);
    this.#queue.push({ type: 'user', uuid, message: { role: 'user', content }, parent_tool_use_id: null });
    this.#wake();
  }

  /** The agent has taken this one up. */
  read(uuid: string): void {
    this.#unread.delete(uuid);
  }

  /** How many the agent has not taken up yet. */
  get unread(): number {
    return this.#unread.size;
  }

  close(): void {
    this.#open = false;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<UserMessage> {
    for (;;) {
      const next = this.#queue.shift();
      if (next) yield next;
      else if (!this.#open) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
