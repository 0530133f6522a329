/** Speech from a time without a link, kept for the next one: the last 5 s. */
const MAX_FRAMES = 250;
/** Unless nobody has spoken for so long: what was said then is not talked about any more. */
const STALE_MS = 10_000;

/** The last few frames that no link has heard. */
export class Backlog {
  #frames: Int16Array[] = [];
  #pushedAt = 0;

  /** Copies the frame. */
  push(frame: Int16Array, nowMs: number): void {
    this.#pushedAt = nowMs;
    this.#frames.push(frame.slice());
    if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
  }

  forget(): void {
    this.#frames = [];
  }

  /** All of them, unless they have grown stale; none are left. */
  take(nowMs: number): Int16Array[] {
    const frames = nowMs - this.#pushedAt > STALE_MS ? [] : this.#frames;
    this.#frames = [];
    return frames;
  }
}
