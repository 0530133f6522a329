import type { LinkItem } from './ports.ts';
import { earlierLine, type Line } from './wording.ts';

export type { Line } from './wording.ts';

/** A link is told this much word for word: the last items, and no more characters than about 3,000 tokens. */
export const MAX_LINES = 20;
export const MAX_CHARACTERS = 12_000;
export const MAX_LINE_LENGTH = 4_000;
/** What is kept between two roll-overs: an hour of quick talk. What is older is forgotten. */
const MAX_KEPT = 1_000;

interface Entry {
  line: Line | undefined;
  /** Its words will not change any more. */
  settled: boolean;
}

export interface Replay {
  items: LinkItem[];
  replayed: number;
  /** Items that the summary stands for. */
  summarised: number;
}

/** What was said, in the order in which it was said, to tell it to the next link: what is old in short, the rest as it is. */
export class History {
  readonly #entries = new Map<string, Entry>();
  #summary = '';
  #folded = 0;

  /** Keeps the place of an item whose words are not known yet. */
  open(id: string): void {
    if (this.#entries.has(id)) return;
    this.#entries.set(id, { line: undefined, settled: false });
    this.#trim();
  }

  /** Fills the place, or takes one at the end; again to correct it. No words: nothing was said. */
  put(id: string, { role, text }: Line, settled = true): void {
    if (!text.trim()) {
      this.#entries.delete(id);
      return;
    }
    const line = text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH - 1)}…` : text;
    this.#entries.set(id, { line: { role, text: line }, settled });
    this.#trim();
  }

  textOf(id: string): string {
    return this.#entries.get(id)?.line?.text ?? '';
  }

  get lines(): Line[] {
    return this.#said().map(({ line }) => line);
  }

  /** Those whose words are known; `all`: also those that may still change. */
  items(all: boolean): LinkItem[] {
    return this.#said()
      .filter(({ settled }) => settled || all)
      .map(({ id, line }) => ({ id, ...line }));
  }

  /** Some words are missing, or may still change. */
  get unsettled(): boolean {
    for (const { settled } of this.#entries.values()) if (!settled) return true;
    return false;
  }

  /** What a new link would be told only in short; empty while all of it fits. */
  get older(): readonly string[] {
    return this.#split().older.map(({ id }) => id);
  }

  /** `text` stands for these items, and for what the summary before stood for, from now on. */
  fold(ids: readonly string[], text: string): void {
    for (const id of ids) if (this.#entries.delete(id)) this.#folded += 1;
    this.#summary = text.trim();
  }

  /** What to tell a new link. `summaryId` is for the item with what is old. */
  replay(summaryId: string): Replay {
    const { older, recent } = this.#split();
    const summary = earlierLine(
      this.#summary,
      older.map(({ line }) => line),
    );
    const items = recent.map(({ id, line }) => ({ id, ...line }));
    if (summary) items.unshift({ id: summaryId, ...summary });
    return { items, replayed: recent.length, summarised: this.#folded + older.length };
  }

  #split() {
    const said = this.#said();
    let from = said.length;
    let characters = 0;
    while (from > 0 && said.length - from < MAX_LINES) {
      characters += said[from - 1]?.line.text.length ?? 0;
      if (characters > MAX_CHARACTERS) break;
      from -= 1;
    }
    return { older: said.slice(0, from), recent: said.slice(from) };
  }

  #said() {
    return [...this.#entries].flatMap(([id, { line, settled }]) => (line ? [{ id, line, settled }] : []));
  }

  #trim(): void {
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= MAX_KEPT) return;
      this.#entries.delete(id);
    }
  }
}
