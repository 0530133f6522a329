import type { SessionEvent } from '@parley/contract';

export interface FeedOptions {
  /** The seq of the last event before this feed began. */
  after: Promise<number>;
  /** The events after a seq, in order; asked when the channel has lost some. */
  fill: (after: number) => Promise<SessionEvent[]>;
  deliver: (event: SessionEvent) => void;
}

const FILL_ATTEMPTS = 3;

/**
 * One session's facts as this hub hears them, put in order: duplicates are dropped, what the channel lost is fetched,
 * and nothing is delivered before its predecessor (H11). Should fetching fail, the devices see the gap and ask.
 */
export class SessionFeed {
  readonly #options: FeedOptions;
  readonly #early = new Map<number, SessionEvent>();
  #last: number | undefined;
  #filling = false;
  #closed = false;
  readonly ready: Promise<void>;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.ready = this.#begin();
  }

  push(event: SessionEvent): void {
    if (this.#closed || (this.#last !== undefined && event.seq <= this.#last)) return;
    this.#early.set(event.seq, event);
    if (this.#last !== undefined) this.#drain();
  }

  /** Something may have been missed: `head` is the last seq that the log has given. */
  catchUp(head: number): void {
    if (this.#last !== undefined && head > this.#last) this.#fill();
  }

  close(): void {
    this.#closed = true;
    this.#early.clear();
  }

  async #begin(): Promise<void> {
    const after = await this.#options.after;
    this.#last = after;
    for (const seq of this.#early.keys()) if (seq <= after) this.#early.delete(seq);
    this.#drain();
  }

  #drain(): void {
    if (this.#last === undefined) return;
    for (let next = this.#early.get(this.#last + 1); next; next = this.#early.get(this.#last + 1)) {
      this.#early.delete(next.seq);
      this.#last = next.seq;
      this.#options.deliver(next);
    }
    if (this.#early.size > 0) this.#fill();
  }

  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    void this.#fetch().finally(() => {
      this.#filling = false;
      if (!this.#closed) this.#drain();
    });
  }

  async #fetch(): Promise<void> {
    for (let attempt = 1; attempt <= FILL_ATTEMPTS && !this.#closed; attempt += 1) {
      const events = await this.#options.fill(this.#last ?? 0).catch(() => []);
      for (const event of events) if (event.seq > (this.#last ?? 0)) this.#early.set(event.seq, event);
      if (this.#early.size === 0 || this.#early.has((this.#last ?? 0) + 1)) return;
    }
    // Given up: go on after the hole.
    const first = Math.min(...this.#early.keys());
    if (Number.isFinite(first)) this.#last = first - 1;
  }
}
