const LIMIT_MS = 500;
/** Old counts are halved at this many, so that the quantiles tell of the last minutes. */
const FORGET_AT = 16_384;

/** How late things were, in bins of one millisecond; what is later than half a second counts as half a second. */
export class LatenessHistogram {
  readonly #bins = new Uint32Array(LIMIT_MS + 1);
  /** The same, and nothing forgotten. */
  readonly #ever = new Float64Array(LIMIT_MS + 1);
  #sumMs = 0;
  #count = 0;

  add(lateMs: number): void {
    const bin = Math.max(0, Math.min(LIMIT_MS, Math.round(lateMs)));
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#count++;
    this.#ever[bin] = (this.#ever[bin] ?? 0) + 1;
    this.#sumMs += lateMs;
    if (this.#count >= FORGET_AT) this.#forget();
  }

  /** `part` is 0…1. Zero while nothing was added. */
  quantile(part: number): number {
    let left = Math.ceil(this.#count * part);
    for (let bin = 0; bin <= LIMIT_MS; bin++) {
      left -= this.#bins[bin] ?? 0;
      if (left <= 0) return bin;
    }
    return LIMIT_MS;
  }

  /** All that was ever added: how many, their sum in ms, and how many were no later than each of `boundsMs` (rising). */
  total(boundsMs: readonly number[]): { count: number; sumMs: number; within: number[] } {
    const within = boundsMs.map(() => 0);
    let count = 0;
    for (const [bin, added] of this.#ever.entries()) {
      count += added;
      for (const [index, bound] of boundsMs.entries())
        if (bin <= bound) within[index] = (within[index] ?? 0) + added;
    }
    return { count, sumMs: this.#sumMs, within };
  }

  #forget(): void {
    this.#count = 0;
    for (const [bin, count] of this.#bins.entries()) {
      this.#bins[bin] = count >> 1;
      this.#count += count >> 1;
    }
  }
}
