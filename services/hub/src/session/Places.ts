import { EventEmitter } from 'node:events';
import { AppError } from '@parley/contract';
import type { MixerId, MoveReason, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { fact } from './events.ts';
import { areFull, canTake, leastLoaded, whyNone } from './placement.ts';
import type { Loss, MixerRegistry, Place, Placed, SessionStore } from './ports.ts';

export interface PlacesEvents {
  /** The room is gone and the session free for another mixer: all its devices must join anew. */
  lost: [sessionId: SessionId];
}

export interface PlacesOptions {
  store: SessionStore;
  mixers: MixerRegistry;
  log: Log;
  now: () => number;
}

/** A new room counts for this long at its mixer before the mixer's own record does (its lease is renewed every second). */
const COUNTED_MS = 3_000;
/** A mixer that did not answer is the last choice for this long. */
const SUSPECT_MS = 10_000;

/** Which mixer has which room: claimed for the least loaded one, and lost once, whoever notices (H7, H8). */
export class Places {
  readonly events = new EventEmitter<PlacesEvents>();
  readonly #options: PlacesOptions;
  readonly #suspects = new Map<MixerId, number>();
  #recent: { mixer: MixerId; at: number }[] = [];

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** For a session that is to be made: one whose room nobody could take would only disappoint. Throws `no-mixer`. */
  async refuseWhenFull(): Promise<void> {
    const records = await this.#options.mixers.list();
    if (areFull(records)) throw new AppError('no-mixer', whyNone(records));
  }

  /** Who has the room. Throws `session-ended`, or `conflict` while nobody has. */
  async of(session: SessionId): Promise<Place> {
    const live = await this.#options.store.find(session);
    if (!live) throw new AppError('session-ended', 'This session has ended.');
    if (live.mixer) return { mixer: live.mixer, epoch: live.epoch };
    throw new AppError('conflict', 'The room has moved. Join the session again.');
  }

  /** Claims a mixer for the room, or finds the one that has it. Throws `no-mixer`, `session-ended`. */
  async claim(session: SessionId, refused: ReadonlySet<MixerId>): Promise<Placed> {
    const { store, mixers, now } = this.#options;
    const live = await store.find(session);
    const has = live?.mixer;
    if (has && !refused.has(has)) {
      const place = { mixer: has, epoch: live.epoch };
      if (await mixers.get(has)) return { outcome: 'found', ...place };
      await this.lose(session, place, 'mixer-lost', 'lease lapsed');
    }
    const chosen = await this.#choose(refused);
    const moved = ({ at, why }: Loss) =>
      fact('room:moved', session, now(), { reason: why, gapMs: Math.max(0, now() - at) });
    const placed = await store.place(session, chosen, moved);
    if (placed.outcome === 'missing') throw new AppError('session-ended', 'This session has ended.');
    if (placed.outcome === 'claimed') this.#recent.push({ mixer: chosen, at: now() });
    return placed;
  }

  /** The mixer has the room no more. Tells so once, whoever noticed it. */
  async lose(session: SessionId, place: Place, why: MoveReason | null, words: string): Promise<void> {
    if (await this.free(session, place, why, words)) this.events.emit('lost', session);
  }

  /** Like `lose`, and leaves it to the caller to tell. False when the mixer did not have it (any more). */
  async free(session: SessionId, place: Place, why: MoveReason | null, words: string): Promise<boolean> {
    const { store, now, log } = this.#options;
    if (!(await store.unplace(session, place, why && { at: now(), why }))) return false;
    log.info({ sessionId: session, mixerId: place.mixer, why: words }, 'room lost');
    return true;
  }

  /** It did not answer. */
  suspect(mixer: MixerId): void {
    this.#suspects.set(mixer, this.#options.now() + SUSPECT_MS);
  }

  async #choose(refused: ReadonlySet<MixerId>): Promise<MixerId> {
    const records = await this.#options.mixers.list();
    const recent = this.#recentRooms();
    const counted = records.map((record) => ({
      ...record,
      rooms: record.rooms + (recent.get(record.id) ?? 0),
    }));
    const doubtful = new Set([...refused, ...this.#suspected()]);
    const chosen =
      leastLoaded(counted, doubtful) ?? leastLoaded(counted, refused) ?? leastLoaded(records, refused);
    if (!chosen || !canTake(chosen)) throw new AppError('no-mixer', whyNone(records));
    return chosen.id;
  }

  #suspected(): MixerId[] {
    const now = this.#options.now();
    for (const [mixer, until] of this.#suspects) if (until <= now) this.#suspects.delete(mixer);
    return [...this.#suspects.keys()];
  }

  #recentRooms(): Map<MixerId, number> {
    const since = this.#options.now() - COUNTED_MS;
    this.#recent = this.#recent.filter(({ at }) => at > since);
    const rooms = new Map<MixerId, number>();
    for (const { mixer } of this.#recent) rooms.set(mixer, (rooms.get(mixer) ?? 0) + 1);
    return rooms;
  }
}
