import { untilAborted } from '../untilAborted.ts';

/** One after the other for each key: whoever comes later waits until the earlier ones have ended. */
export class Turns<Key> {
  readonly #last = new Map<Key, Promise<unknown>>();

  /** Runs `work` when it is its turn, or rejects with the signal's reason before that. */
  async take<Result>(
    key: Key,
    signal: AbortSignal,
    work: () => Promise<Result>,
    onWait: () => void,
  ): Promise<Result> {
    const before = this.#last.get(key);
    const { promise: mine, resolve: done } = Promise.withResolvers<void>();
    const last = Promise.all([before, mine]);
    this.#last.set(key, last);
    try {
      if (before) {
        onWait();
        await untilAborted(before, signal);
      }
      signal.throwIfAborted();
      return await work();
    } finally {
      done();
      if (this.#last.get(key) === last) this.#last.delete(key);
    }
  }
}
