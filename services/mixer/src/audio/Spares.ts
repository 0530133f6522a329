/** Keeps a few things ready that can only be made asynchronously, for callers that cannot wait. */
export class Spares<Thing> {
  readonly #ready: Thing[] = [];
  readonly #wanted: number;
  readonly #make: () => Promise<Thing>;
  #making = 0;
  /** Callers that went away empty-handed and will come again. */
  #missed = 0;
  #failure: unknown;

  constructor(wanted: number, make: () => Promise<Thing>) {
    this.#wanted = wanted;
    this.#make = make;
  }

  /** Rejects when one cannot be made. */
  async fill(): Promise<void> {
    while (this.#ready.length + this.#making < this.#wanted + this.#missed) {
      this.#making++;
      try {
        this.#ready.push(await this.#make());
        this.#failure = undefined;
      } finally {
        this.#making--;
      }
    }
    this.#missed = 0;
  }

  /** One of them, or undefined when all are taken: more come in the next turn. Throws when no more could be made. */
  take(): Thing | undefined {
    const thing = this.#ready.pop();
    if (thing === undefined) this.#missed++;
    this.fill().catch((error: unknown) => (this.#failure = error));
    if (thing === undefined && this.#failure !== undefined)
      throw new Error('No Opus coder could be made', { cause: this.#failure });
    return thing;
  }
}
