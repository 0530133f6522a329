/** What is told to a running job, in order; an iteration waits for more until it is closed. */
export class Instructions implements AsyncIterable<string> {
  readonly #texts: string[] = [];
  #wake = Promise.withResolvers<void>();
  #closed = false;

  /** How many were told so far. */
  get length(): number {
    return this.#texts.length;
  }

  push(text: string): void {
    this.#texts.push(text);
    this.#stir();
  }

  close(): void {
    this.#closed = true;
    this.#stir();
  }

  /** Each iteration begins with the first one. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (let next = 0; ;) {
      const text = this.#texts[next];
      if (text !== undefined) {
        next += 1;
        yield text;
      } else if (this.#closed) return;
      else await this.#wake.promise;
    }
  }

  #stir(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
