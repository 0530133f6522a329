/** Reads an async source in the background and keeps what came until somebody takes it. */
export class Inbox<Item> {
  #waiting: Item[] = [];
  readonly #arrived: (() => void) | undefined;
  #open = true;

  /** `arrived` is called after each item. What the source throws ends it quietly: it belongs to the job, which ends too. */
  constructor(source: AsyncIterable<Item>, arrived?: () => void) {
    this.#arrived = arrived;
    this.#read(source).catch(() => undefined);
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** All that has come since the last time. */
  take(): Item[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** Nothing is kept from now on. */
  close(): void {
    this.#open = false;
    this.#waiting = [];
  }

  async #read(source: AsyncIterable<Item>): Promise<void> {
    for await (const item of source) {
      if (!this.#open) return;
      this.#waiting.push(item);
      this.#arrived?.();
    }
  }
}
