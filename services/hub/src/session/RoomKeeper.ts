import type { MixerId, MixerSignal, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { MixerWatch, SessionStore } from './ports.ts';
import type { Rooms } from './Rooms.ts';

type Closed = Extract<MixerSignal, { type: 'room:closed' }>;

export interface RoomKeeperOptions {
  store: SessionStore;
  watch: MixerWatch;
  rooms: Rooms;
  log: Log;
  now: () => number;
}

const LOOK_EVERY_MS = 250;
/** A room that nobody would take is offered again so often. */
const RETRY_MS = 1_000;
const BATCH = 100;

/**
 * Sees to it that a room whose mixer is gone gets another one, with nobody asking for it (H8). Any number of hubs may
 * look at once: a loss is claimed by one of them, and so is each new place.
 */
export class RoomKeeper {
  readonly #options: RoomKeeperOptions;
  readonly #triedAt = new Map<SessionId, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: RoomKeeperOptions) {
    this.#options = options;
    options.rooms.events.on('lost', (session) => void this.#place(session));
  }

  /** Looks four times a second until closed. A look that is late is not overtaken by the next. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'mixers not looked after'))
        .finally(() => (this.#looking = undefined));
    }, LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** One look: rooms of dead mixers are lost, lost rooms are placed. */
  async look(): Promise<void> {
    const { store, watch, now } = this.#options;
    for (const mixer of await watch.gone()) await this.#empty(mixer);
    for (const session of await store.homeless(BATCH))
      if ((this.#triedAt.get(session) ?? 0) <= now() - RETRY_MS) void this.#place(session);
    for (const [session, at] of this.#triedAt) if (at <= now() - RETRY_MS) this.#triedAt.delete(session);
  }

  /** A mixer says that it has closed a room. A drained one is open elsewhere before its devices are called there. */
  async closed({ sessionId, mixerId: mixer, epoch = 0, reason }: Closed): Promise<void> {
    const { places, events } = this.#options.rooms;
    const place = { mixer, epoch };
    if (reason === 'worker-died') return places.lose(sessionId, place, reason, reason);
    if (reason !== 'drained') return places.lose(sessionId, place, null, reason);
    if (!(await places.free(sessionId, place, reason, reason))) return;
    await this.#place(sessionId);
    events.emit('lost', sessionId);
  }

  async #empty(mixer: MixerId): Promise<void> {
    const { store, watch, rooms, log } = this.#options;
    rooms.places.suspect(mixer);
    const sessions = await store.placedAt(mixer);
    if (sessions.length > 0) log.warn({ mixerId: mixer, rooms: sessions.length }, 'mixer is gone');
    const place = { mixer, epoch: 0 };
    await Promise.all(
      sessions.map((session) => rooms.places.lose(session, place, 'mixer-lost', 'mixer is gone')),
    );
    await watch.forget(mixer);
  }

  /** Never rejects, and may outlive this object by a few seconds. A room that nobody can be called into waits for the first one who comes. */
  async #place(session: SessionId): Promise<void> {
    const { store, rooms, log, now } = this.#options;
    this.#triedAt.set(session, now());
    try {
      const live = await store.find(session);
      if (!live?.seats.some(({ state, client }) => state === 'connected' && client === 'browser')) return;
      await rooms.enter(live, () => Promise.resolve());
    } catch (error) {
      log.warn({ err: error, sessionId: session }, 'room not placed anew');
    }
  }
}
