/** The newest samples of a stream, up to a limit. Counts all that ever came. */
export class AudioTrack {
  readonly #keep: number;
  #chunks: Int16Array[] = [];
  #kept = 0;
  #total = 0;

  /** `keep`: samples at most. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  get chunks(): readonly Int16Array[] {
    return this.#chunks;
  }

  get total(): number {
    return this.#total;
  }

  /** Samples that are no longer here: the position of the first that is. */
  get dropped(): number {
    return this.#total - this.#kept;
  }

  write(samples: Int16Array): void {
    this.#chunks.push(samples);
    this.#kept += samples.length;
    this.#total += samples.length;
    let gone = 0;
    for (const chunk of this.#chunks) {
      if (this.#kept - chunk.length < this.#keep) break;
      this.#kept -= chunk.length;
      gone += 1;
    }
    if (gone > 0) this.#chunks = this.#chunks.slice(gone);
  }
}
