/** Remembers which types of events went over the wire in a run. */
export class Witness {
  readonly client = new Set<string>();
  readonly server = new Set<string>();
}

export interface WireEvent {
  type: string;
  [field: string]: unknown;
}

/** The events of one client in order, and a way to wait for the next of a type. */
export class Inbox {
  readonly events: WireEvent[] = [];
  #read = 0;
  readonly #wake: (() => void)[] = [];

  take(event: WireEvent): void {
    this.events.push(event);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** The next event of this type, behind the last one that was waited for. */
  async next(type: string): Promise<WireEvent> {
    for (;;) {
      const at = this.events.findIndex((event, place) => place >= this.#read && event.type === type);
      const event = this.events[at];
      if (event) {
        this.#read = at + 1;
        return event;
      }
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** The first event of this type, whether it came already or not. */
  async seen(type: string): Promise<WireEvent> {
    for (;;) {
      const event = this.events.find((candidate) => candidate.type === type);
      if (event) return event;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  all(type: string): WireEvent[] {
    return this.events.filter((event) => event.type === type);
  }
}
