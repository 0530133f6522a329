import { Leg } from './Leg.ts';
import type { RealtimeLink } from './ports.ts';

/** The leg that carries the conversation and, for a while after a seam, the one before it, which finishes what it began. */
export class Legs {
  #current: Leg | undefined;
  #draining: Leg | undefined;
  #asked: Leg | undefined;

  get current(): Leg | undefined {
    return this.#current;
  }

  get draining(): Leg | undefined {
    return this.#draining;
  }

  get link(): RealtimeLink | undefined {
    return this.#current?.link;
  }

  /** The link that was asked for the answer in flight, or for the last one. */
  get asked(): RealtimeLink | undefined {
    return this.#asked && this.has(this.#asked) ? this.#asked.link : undefined;
  }

  has(leg: Leg): boolean {
    return leg === this.#current || leg === this.#draining;
  }

  /** The link on which the item came into being, while it lives. */
  ownerOf(itemId: string): RealtimeLink | undefined {
    return [this.#current, this.#draining].find((leg) => leg?.owns(itemId))?.link;
  }

  /** A link after none. `offsetMs`: input time at which its audio begins. */
  begin(link: RealtimeLink, offsetMs: number): Leg {
    this.#current = new Leg(link, offsetMs);
    return this.#current;
  }

  /** From `inputMs` on the room speaks to this link; the one of before drains. */
  handOver(link: RealtimeLink, inputMs: number): Leg {
    this.#current?.end(inputMs);
    this.#draining = this.#current;
    return this.begin(link, inputMs);
  }

  /** An answer is asked of the current link. */
  ask(): void {
    this.#asked = this.#current;
    this.#current?.link.createResponse();
  }

  /** The draining leg owes the answer in flight. */
  get drainingAsked(): boolean {
    return this.#draining !== undefined && this.#draining === this.#asked;
  }

  endDrain(): Leg | undefined {
    const leg = this.#draining;
    this.#draining = undefined;
    return leg;
  }

  /** There is no link any more. */
  end(): void {
    this.#current = undefined;
    this.#draining = undefined;
  }
}
