import type { LinkItem } from './ports.ts';

export type Line = Pick<LinkItem, 'role' | 'text'>;

/** About what a provider can be told again in one go without paying much for it: 40 items of at most 4,000 characters. */
export const MAX_LINES = 40;
export const MAX_LINE_LENGTH = 4_000;

/** What was said lately, in the order in which it was said, to tell it to the next link. Older lines are dropped. */
export class History {
  readonly #lines = new Map<string, Line | undefined>();

  /** Keeps the place of an item whose words are not known yet. */
  open(id: string): void {
    if (this.#lines.has(id)) return;
    this.#lines.set(id, undefined);
    this.#trim();
  }

  /** Fills the place, or takes one at the end; again to correct it. No words: nothing was said. */
  put(id: string, { role, text }: Line): void {
    if (!text.trim()) {
      this.#lines.delete(id);
      return;
    }
    const line = text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH - 1)}…` : text;
    this.#lines.set(id, { role, text: line });
    this.#trim();
  }

  get lines(): Line[] {
    return [...this.#lines.values()].filter((line) => line !== undefined);
  }

  #trim(): void {
    for (const id of this.#lines.keys()) {
      if (this.#lines.size <= MAX_LINES) return;
      this.#lines.delete(id);
    }
  }
}
