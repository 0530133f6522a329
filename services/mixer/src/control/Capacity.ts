import { performance } from 'node:perf_hooks';

export interface CapacityOptions {
  /** Part of the time in which the event loop may be busy, 0…1; with 1 the load refuses nobody. */
  maxLoad: number;
  /** How late half of the frames are, ms. */
  latenessMs: () => number;
  /** How many rooms are open or being opened. */
  rooms: () => number;
  /** In how many of them somebody has talked. */
  talked: () => number;
  /** Part of the time since the last look in which the event loop was busy. */
  utilization?: () => number;
}

/** So many looks in a row, a second apart, make it busy or free again: a start, a burst of joins are no load. */
const LOOKS = 5;
/** Free again only well below: or it would take a room, be busy, and lose it, for ever. */
const FREE_BELOW = 0.8;
/** Half of the frames a whole frame late: whatever the reason, the rooms that are here suffer already. */
const LATE_MS = 20;

/** A room costs nothing before its people have come and talk: until then, but for so many looks, it counts by what others cost. */
const YOUNG_LOOKS = 8;
/** What a new room of four costs of the event loop as long as there is nothing to learn it from; measured (docs/load.md). */
const ROOM_LOAD = 0.012;
/** Rooms that are quiet now may talk later: none is expected to cost less. */
const LEAST_LOAD = 0.006;
/** New rooms fill it only so far: the rest is for talk that comes together by chance, for joins, for the machine's other work. */
const FILL = 0.75;
/** Of fewer rooms nothing is learned. */
const LEARN_FROM = 20;
/** The first rooms pay for the compiler: until there are so many, what they cost beyond `ROOM_LOAD` is not expected of others. */
const WARM_FROM = 40;

/** Whether this mixer has as much to do as it can do in time (M35). Looked at once a second. */
export class Capacity {
  readonly #options: CapacityOptions;
  readonly #utilization: () => number;
  /** The last looks, the newest last. */
  readonly #looks: { load: number; rooms: number; talked: number }[] = [];
  #busy = false;
  #others = 0;

  constructor(options: CapacityOptions) {
    this.#options = options;
    this.#utilization = options.utilization ?? sinceLastTime();
  }

  /** One more room would cost those that are here: it is too much already, or will be when all new rooms talk. */
  get busy(): boolean {
    return this.#busy || (this.#options.maxLoad < 1 && this.#expected() > this.#options.maxLoad * FILL);
  }

  look(): boolean {
    const { maxLoad, latenessMs, rooms, talked } = this.#options;
    const load = this.#utilization();
    this.#looks.push({ load, rooms: rooms(), talked: talked() });
    if (this.#looks.length > YOUNG_LOOKS) this.#looks.shift();
    if (maxLoad >= 1) return false;
    const tooMuch =
      load > maxLoad * (this.#busy ? FREE_BELOW : 1) || (load > maxLoad / 2 && latenessMs() > LATE_MS);
    this.#others = tooMuch === this.#busy ? 0 : this.#others + 1;
    if (this.#others >= LOOKS) {
      this.#busy = tooMuch;
      this.#others = 0;
    }
    return this.busy;
  }

  /** The load, bursts left out, with one more room and all young ones as busy as the others. */
  #expected(): number {
    const looks = this.#looks;
    const recent = looks.slice(-LOOKS);
    const load = recent.length < LOOKS ? 0 : Math.min(...recent.map((look) => look.load));
    const coming = this.#options.rooms() + 1;
    const old = looks.length < YOUNG_LOOKS ? 0 : (looks[0]?.rooms ?? 0);
    const known = Math.max(old, recent.length < LOOKS ? 0 : (recent[0]?.talked ?? 0));
    if (known >= LEARN_FROM) {
      const each = Math.max(LEAST_LOAD, Math.min(load / known, known < WARM_FROM ? ROOM_LOAD : Infinity));
      return load + each * Math.max(1, coming - known);
    }
    // The load is that of rooms that were here at the first of the looks.
    const seen = Math.min(coming, recent[0]?.rooms ?? 0);
    return Math.max(ROOM_LOAD * coming, load + LEAST_LOAD * (coming - seen));
  }
}

function sinceLastTime(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
