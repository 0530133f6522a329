import type { LinkItem, RealtimeLink } from './ports.ts';
import { RecentIds } from './RecentIds.ts';

/** More items than a link sees in its hour. */
const MAX_ITEMS = 10_000;

/** The stretch of the conversation that one link carries: where its audio lies on the input clock, what it knows. */
export class Leg {
  readonly link: RealtimeLink;
  readonly #offsetMs: number;
  readonly #own = new RecentIds(MAX_ITEMS);
  readonly #told = new RecentIds(MAX_ITEMS);
  #endMs = Infinity;

  /** `offsetMs`: input time at which the audio of the link begins. */
  constructor(link: RealtimeLink, offsetMs: number) {
    this.link = link;
    this.#offsetMs = offsetMs;
  }

  /** What the room says from `inputMs` on is for another link; what this one still gets is only silence. */
  end(inputMs: number): void {
    this.#endMs = Math.min(this.#endMs, inputMs);
  }

  /** A moment of the link's audio on the input clock; never past what the room has said to it. */
  toRoomMs(atMs: number, inputMs: number): number {
    return Math.min(this.#offsetMs + atMs, this.#endMs, inputMs);
  }

  /** The item came into being on this link. */
  owns(itemId: string): boolean {
    return this.#own.has(itemId);
  }

  /** The item is known here as text only. */
  wasTold(itemId: string): boolean {
    return this.#told.has(itemId);
  }

  own(itemId: string): void {
    this.#own.add(itemId);
  }

  /** Those that it does not know yet, in their order. */
  tell(items: readonly LinkItem[]): void {
    for (const item of items)
      if (!this.#own.has(item.id) && this.#told.add(item.id)) this.link.createItem(item);
  }
}
