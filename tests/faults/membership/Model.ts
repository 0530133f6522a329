import type { ParticipantId, SessionEvent } from '@parley/contract';

/** A session's whole state as Redis had it at one moment. */
export interface Snapshot {
  /** The last seq that was given. */
  seq: number;
  seats: readonly { id: ParticipantId; state: string; connection: string; muted: boolean }[];
}

/** What must be true of a session, told by its facts alone. Throws with the rule that was broken. */
export class Model {
  readonly #max: number;
  readonly #inside = new Map<ParticipantId, { muted: boolean }>();
  readonly #final = new Set<ParticipantId>();
  #seq = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get seq(): number {
    return this.#seq;
  }

  hasLeft(id: ParticipantId): boolean {
    return this.#final.has(id);
  }

  /** The facts since the last ones. */
  take(events: readonly SessionEvent[]): void {
    for (const event of events) {
      holds(event.seq === this.#seq + 1, `H6 seq goes from ${this.#seq} to ${event.seq}`);
      this.#seq = event.seq;
      this.#apply(event);
      holds(this.#inside.size <= this.#max, `H1 ${this.#inside.size} are in, ${this.#max} may be`);
    }
  }

  /** The state that belongs to the facts taken so far. */
  compare({ seq, seats }: Snapshot): void {
    holds(seq === this.#seq, `H6 the facts end at ${this.#seq}, the counter is at ${seq}`);
    holds(seats.length <= this.#max, `H1 ${seats.length} seats are taken, there are ${this.#max}`);
    const present = seats.filter(({ state }) => state !== 'reserved');
    holds(present.length === this.#inside.size, `H6 ${present.length} sit, ${this.#inside.size} came`);
    for (const { id, muted } of present) {
      const told = this.#inside.get(id);
      holds(told !== undefined, `H6 ${id} sits there without a fact`);
      holds(told?.muted === muted, `H6 ${id} is ${muted ? '' : 'not '}muted, told otherwise`);
    }
    const holders = seats.filter(({ state }) => state === 'connected').map(({ connection }) => connection);
    holds(!holders.includes(''), 'H2 a connected seat has no connection');
    holds(new Set(holders).size === holders.length, 'H2 one connection holds two seats');
    const others = seats.filter(({ state }) => state !== 'connected');
    holds(
      others.every(({ connection }) => connection === ''),
      'H3 a seat that is away has a connection',
    );
  }

  #apply(event: SessionEvent): void {
    if (event.type === 'participant:joined') {
      const id = event.data.participantId;
      holds(!this.#inside.has(id), `H6 ${id} joined twice`);
      holds(!this.#final.has(id), `H17 ${id} had left and joined again`);
      this.#inside.set(id, { muted: false });
    } else if (event.type === 'participant:left') {
      const id = event.data.participantId;
      holds(this.#inside.delete(id), `H6 ${id} left without being in`);
      if (event.data.reason === 'left') this.#final.add(id);
    } else if (event.type === 'participant:muted') {
      const { participantId: id, muted } = event.data;
      const seat = this.#inside.get(id);
      holds(seat !== undefined && seat.muted !== muted, `H6 the muting of ${id} is told without a change`);
      if (seat) seat.muted = muted;
    }
  }
}

export function holds(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}
