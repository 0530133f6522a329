import { SILENCE_DBOV } from '@parley/contract';

/** The assistant's key on the board; every other key is a participant ID. */
export const ASSISTANT = 'assistant';

/** No levels for this long means silence: the mixer says nothing while nobody is heard. */
const STALE_MS = 500;

/** Levels in dBov, ten a second, watched one by one so that a voice redraws only its own bars. */
export class LevelBoard {
  #levels = new Map<string, number>();
  readonly #watchers = new Map<string, Set<() => void>>();
  #stale: ReturnType<typeof setTimeout> | undefined;

  get(key: string): number {
    return this.#levels.get(key) ?? SILENCE_DBOV;
  }

  /** Whoever is missing is silent. */
  set(levels: Readonly<Record<string, number>>): void {
    const before = this.#levels;
    // Whole decibels: finer steps would redraw without being seen.
    this.#levels = new Map(Object.entries(levels).map(([key, level]) => [key, Math.round(level)]));
    clearTimeout(this.#stale);
    if (this.#levels.size > 0) this.#stale = setTimeout(() => this.set({}), STALE_MS);
    for (const key of new Set([...before.keys(), ...this.#levels.keys()]))
      if (before.get(key) !== this.#levels.get(key))
        for (const watcher of this.#watchers.get(key) ?? []) watcher();
  }

  /** Returns the undo. */
  watch(key: string, watcher: () => void): () => void {
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(key);
    };
  }

  close(): void {
    clearTimeout(this.#stale);
    this.#watchers.clear();
  }
}
