import type { Log } from '@parley/kit/log';
import type { Membership } from './Membership.ts';
import type { Archive, EventTail, SessionStore } from './ports.ts';
import type { Sessions } from './Sessions.ts';

export interface SweeperOptions {
  store: SessionStore;
  archive: Archive;
  tail: EventTail;
  membership: Membership;
  sessions: Sessions;
  log: Log;
  now: () => number;
  sessionIdleMs: number;
  /** Whether this hub is the one that looks for sessions which Redis has lost. */
  isFirst: () => boolean;
}

/** A session younger than this may simply not be everywhere yet. */
const ORPHAN_AGE_MS = 60_000;
const SWEEP_EVERY_MS = 1_000;
const ORPHANS_EVERY_MS = 60_000;
const BATCH = 100;

/**
 * Gives up what time has run out on. Any number of hubs may sweep at once: each step is claimed atomically by the
 * store, so that each seat and each session is given up once (H4, H5).
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #nextOrphans = 0;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** Sweeps every second until closed. A sweep that is late is not overtaken by the next. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#round().finally(() => (this.#running = undefined));
    }, SWEEP_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #round(): Promise<void> {
    const { log, now, isFirst } = this.#options;
    try {
      await this.sweep();
      if (!isFirst() || now() < this.#nextOrphans) return;
      this.#nextOrphans = now() + ORPHANS_EVERY_MS;
      await this.#orphans();
    } catch (error) {
      log.warn({ err: error }, 'sweep failed');
    }
  }

  async sweep(): Promise<void> {
    await this.#hubs();
    await this.#seats();
    await this.#sessions();
  }

  /** The sockets of a dead hub are broken connections that nobody could report. */
  async #hubs(): Promise<void> {
    const { store, now, membership, log } = this.#options;
    for (const dead of await store.lapsedHubs(now())) {
      log.warn({ deadHub: dead }, 'hub is gone, its seats wait');
      for await (const session of this.#liveSessions())
        for (const seat of session.seats)
          if (seat.connection.startsWith(`${dead}/`))
            await membership.detach(session.id, seat.id, seat.connection);
      await store.forgetHub(dead);
    }
  }

  async #seats(): Promise<void> {
    const { store, membership, now } = this.#options;
    const at = now();
    const due = await store.dueSeats(at, BATCH);
    // At once: a mixer that does not answer must not hold up the others.
    await Promise.all(
      due.map(async ({ sessionId, participantId }) => {
        const seat = (await store.find(sessionId))?.seats.find(({ id }) => id === participantId);
        const who = seat ?? { id: participantId, name: 'Somebody' };
        await membership.leave(sessionId, who, { kind: 'due', at }, 'disconnected');
      }),
    );
  }

  async #sessions(): Promise<void> {
    const { store, sessions, now, sessionIdleMs } = this.#options;
    const at = now() - sessionIdleMs;
    const idle = await store.emptySince(at, BATCH);
    await Promise.all(idle.map((id) => sessions.end(id, 'idle', { kind: 'empty-since', at })));
  }

  /** Sessions that the archive holds open and Redis has lost, counter and all, get their end. */
  async #orphans(): Promise<void> {
    const { store, archive, tail, sessions, now } = this.#options;
    for (const id of await archive.open(now() - ORPHAN_AGE_MS, BATCH)) {
      if ((await tail.head(id)) !== undefined || (await store.find(id))) continue;
      await sessions.closeOrphan(id);
    }
  }

  async *#liveSessions() {
    const { store } = this.#options;
    let before: { createdAt: number; id: string } | null = null;
    for (;;) {
      const ids = await store.listIds(before, BATCH);
      const found = await store.findAll(ids);
      yield* found;
      const oldest = found.at(-1);
      if (ids.length < BATCH || !oldest) return;
      before = oldest;
    }
  }
}
