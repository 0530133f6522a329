import type { Log } from '@parley/kit/log';
import type { Clock } from './ports.ts';
import type { Room } from './Room.ts';
import type { Rooms } from './Rooms.ts';
import { isSeam, LOOK_MS } from './seam.ts';

/** A room waits for a silence in which it can move, but not for longer. */
const MOVE_WITHIN_MS = 5_000;
const ASK_EVERY_MS = 1_000;

export interface DrainOptions {
  rooms: Pick<Rooms, 'refuseMore' | 'drain' | 'busy' | typeof Symbol.iterator>;
  /** Whether another mixer would take a room. */
  elsewhere: () => Promise<boolean>;
  clock: Clock;
  log: Log;
  /** After this time whatever is left is closed. */
  withinMs: number;
}

/**
 * The polite end of a mixer (M22): no new rooms; those that it has move to other mixers, each in a silence of its own,
 * and stay while there is no other mixer, until the time is over.
 */
export class Drain {
  readonly #options: DrainOptions;
  readonly #over = Promise.withResolvers<void>();
  #sinceMs = 0;
  #elsewhere = false;
  #askedMs = -Infinity;

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  /** Called once. Resolves when there is no room any more. */
  run(): Promise<void> {
    const { rooms, clock, log, withinMs } = this.#options;
    this.#sinceMs = clock.now();
    rooms.refuseMore();
    if (withinMs > 0) log.info({ rooms: [...rooms].length, withinMs }, 'draining');
    this.#look();
    return this.#over.promise;
  }

  #look(): void {
    const { rooms, clock, withinMs } = this.#options;
    const ageMs = clock.now() - this.#sinceMs;
    if (ageMs >= withinMs) rooms.drain();
    else {
      this.#ask();
      for (const room of rooms) this.#lookAt(room, ageMs);
    }
    if (rooms.busy) clock.after(LOOK_MS, () => this.#look());
    else this.#over.resolve();
  }

  #lookAt(room: Room, ageMs: number): void {
    if (room.participants === 0) return room.close('drained');
    if (!this.#elsewhere) return;
    const moveMs = Math.min(MOVE_WITHIN_MS, this.#options.withinMs);
    if (isSeam(room.assistant.moment, moveMs - ageMs, moveMs / 4)) room.retire();
  }

  #ask(): void {
    const { clock, elsewhere, log } = this.#options;
    if (clock.now() - this.#askedMs < ASK_EVERY_MS) return;
    this.#askedMs = clock.now();
    elsewhere().then(
      (there) => (this.#elsewhere = there),
      (error: unknown) => log.warn({ err: error }, 'other mixers not known'),
    );
  }
}
