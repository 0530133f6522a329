import { EventEmitter } from 'node:events';
import { AppError } from '@parley/contract';
import type {
  ControlCommand,
  ControlReply,
  ControlRequest,
  ConversationSettings,
  ErrorCode,
  MediaCommand,
  MixerId,
  ParticipantId,
  SessionId,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { isSame } from './configuring.ts';
import { canTake, leastLoaded, whyNone } from './placement.ts';
import type { CommandOptions, LiveSession, MixerGateway, MixerRegistry, SessionStore } from './ports.ts';

export interface RoomEvents {
  /** The room is gone and the session free for another mixer: all its devices must join anew. */
  lost: [sessionId: SessionId];
}

interface EnterOptions extends CommandOptions {
  awaitAssistant?: boolean;
}

/** Asks the mixer that has the room. */
export type Ask = <Name extends ControlCommand>(
  name: Name,
  body: ControlRequest<Name>,
  options?: CommandOptions,
) => Promise<ControlReply<Name>>;

/** The mixer cannot have the room (any more): another one may. */
const ELSEWHERE: readonly ErrorCode[] = ['no-mixer', 'mixer-timeout', 'not-ready'];
/** A room that the mixer does not know (any more): it may open it again. */
const FORGOTTEN: ErrorCode = 'session-not-found';
const ATTEMPTS = 4;
/** A new room counts for this long at its mixer before the mixer's own record does (its lease is renewed every 3 s). */
const COUNTED_MS = 3_000;
const SPENT_WITHIN_MS = 500;

/** Where each session's room is: placed at a mixer, found again, and moved when that mixer is gone (H7, H8). */
export class Rooms {
  readonly events = new EventEmitter<RoomEvents>();
  readonly #store: SessionStore;
  readonly #mixers: MixerRegistry;
  readonly #gateway: MixerGateway;
  readonly #spentUsd: (id: SessionId) => Promise<number>;
  readonly #log: Log;
  readonly #now: () => number;
  #recent: { mixer: MixerId; at: number }[] = [];

  constructor(options: {
    store: SessionStore;
    mixers: MixerRegistry;
    gateway: MixerGateway;
    /** What a session has cost so far, as the archive knows it. */
    spentUsd: (id: SessionId) => Promise<number>;
    log: Log;
    now: () => number;
  }) {
    this.#store = options.store;
    this.#mixers = options.mixers;
    this.#gateway = options.gateway;
    this.#spentUsd = options.spentUsd;
    this.#log = options.log;
    this.#now = options.now;
  }

  /**
   * Opens the session's room, or finds it, and does `inRoom` there. A mixer that does not answer loses the room and
   * another gets it. Throws `no-mixer`, `mixer-timeout`, `session-ended`, and whatever `inRoom` throws.
   */
  async enter<Result>(
    session: Pick<LiveSession, 'id' | 'settings'>,
    inRoom: (ask: Ask) => Promise<Result>,
    { awaitAssistant = false, ...options }: EnterOptions = {},
  ): Promise<Result> {
    const refused = new Set<MixerId>();
    let failure: AppError | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const mixer = await this.#place(session.id, refused).catch((error: unknown) => {
        throw failure ?? error;
      });
      try {
        // Read anew: whoever changed them before the room had a mixer has told none.
        const { settings } = (await this.#store.find(session.id)) ?? session;
        const sessionId = session.id;
        const spentUsd = await this.#spent(sessionId);
        const opening = { sessionId, settings, awaitAssistant, spentUsd };
        await this.#gateway.command(mixer, 'room:open', opening, options);
        return await inRoom((name, body, limits) => this.#gateway.command(mixer, name, body, limits));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const forgotten = error.code === FORGOTTEN;
        if (!forgotten && !ELSEWHERE.includes(error.code)) throw error;
        if (!forgotten) refused.add(mixer);
        failure = error;
        await this.lose(session.id, mixer, error.code);
      }
    }
    throw failure ?? new AppError('no-mixer', 'No mixer would take the room. Try again in a moment.');
  }

  /** Nobody waits long for this: without the archive a session is opened as if it had cost nothing yet. */
  async #spent(session: SessionId): Promise<number> {
    const late = Promise.withResolvers<number>();
    const timer = setTimeout(() => late.resolve(0), SPENT_WITHIN_MS);
    const known = this.#spentUsd(session).catch((error: unknown) => {
      this.#log.warn({ err: error, sessionId: session }, 'cost so far not known');
      return 0;
    });
    const spentUsd = await Promise.race([known, late.promise]);
    clearTimeout(timer);
    return spentUsd;
  }

  /** Passes a media command on to the session's mixer. A room that is gone is given up, so that devices join anew. */
  async media(
    session: SessionId,
    participant: ParticipantId,
    name: MediaCommand,
    body: unknown,
  ): Promise<unknown> {
    const mixer = await this.#mixerOf(session);
    try {
      const request = { sessionId: session, participantId: participant, name, body };
      return await this.#gateway.command(mixer, 'media:command', request);
    } catch (error) {
      await this.#checkLost(session, mixer, error);
      throw error;
    }
  }

  /** `by` whom: a microphone is heard when neither its device nor an owner has muted it. */
  async mute(
    session: SessionId,
    participant: ParticipantId,
    muted: boolean,
    by: 'self' | 'owner' = 'self',
  ): Promise<void> {
    const mixer = await this.#mixerOf(session);
    try {
      await this.#gateway.command(mixer, 'participant:mute', {
        sessionId: session,
        participantId: participant,
        muted,
        by,
      });
    } catch (error) {
      await this.#checkLost(session, mixer, error);
      throw error;
    }
  }

  /** Tells the room how the assistant takes part from now on; in the end it has what the store has, whoever was faster. */
  async configure(session: SessionId, mixer: MixerId, conversation: ConversationSettings): Promise<void> {
    let told: ConversationSettings | undefined;
    let next: ConversationSettings | undefined = conversation;
    while (next && !(told && isSame(next, told))) {
      told = next;
      try {
        await this.#gateway.command(mixer, 'room:configure', { sessionId: session, conversation: told });
      } catch (error) {
        await this.#checkLost(session, mixer, error);
        throw error;
      }
      const live = await this.#store.find(session);
      next = live?.mixer === mixer ? live.settings.conversation : undefined;
    }
  }

  /** Takes devices for one physical room; the mixer tells who they are now. */
  async group(session: SessionId, participant: ParticipantId, devices: ParticipantId[]): Promise<void> {
    const mixer = await this.#mixerOf(session);
    const request = { sessionId: session, participantId: participant, participantIds: devices };
    try {
      await this.#gateway.command(mixer, 'devices:group', request);
    } catch (error) {
      await this.#checkLost(session, mixer, error);
      throw error;
    }
  }

  /** Tells the mixer; that it cannot be told only matters to the log: it notices by itself that nobody is there. */
  async remove(session: SessionId, participant: ParticipantId): Promise<void> {
    const mixer = (await this.#store.find(session))?.mixer;
    if (!mixer) return;
    await this.#gateway
      .command(mixer, 'participant:leave', { sessionId: session, participantId: participant })
      .catch((error: unknown) =>
        this.#log.debug({ err: error, sessionId: session, participantId: participant }, 'leave not heard'),
      );
  }

  async close(session: SessionId, mixer: MixerId): Promise<void> {
    await this.#gateway
      .command(mixer, 'room:close', { sessionId: session })
      .catch((error: unknown) => this.#log.warn({ err: error, sessionId: session }, 'room not closed'));
  }

  /** The mixer has the room no more. Tells so once, whoever noticed it. */
  async lose(session: SessionId, mixer: MixerId, why: string): Promise<void> {
    if (!(await this.#store.unplace(session, mixer))) return;
    this.#log.info({ sessionId: session, mixerId: mixer, why }, 'room lost');
    this.events.emit('lost', session);
  }

  async #mixerOf(session: SessionId): Promise<MixerId> {
    const live = await this.#store.find(session);
    if (!live) throw new AppError('session-ended', 'This session has ended.');
    if (live.mixer) return live.mixer;
    throw new AppError('conflict', 'The room has moved. Join the session again.');
  }

  /** A slow answer alone does not cost a mixer its room: only when its lease has lapsed as well. */
  async #checkLost(session: SessionId, mixer: MixerId, error: unknown): Promise<void> {
    if (!(error instanceof AppError)) return;
    const gone =
      error.code === 'no-mixer' ||
      error.code === FORGOTTEN ||
      (error.code === 'mixer-timeout' && (await this.#mixers.get(mixer)) === undefined);
    if (gone) await this.lose(session, mixer, error.code);
  }

  async #place(session: SessionId, refused: ReadonlySet<MixerId>): Promise<MixerId> {
    const has = (await this.#store.find(session))?.mixer;
    if (has && !refused.has(has)) {
      if (await this.#mixers.get(has)) return has;
      await this.lose(session, has, 'lease lapsed');
    }
    const records = await this.#mixers.list();
    const recent = this.#recentRooms();
    const counted = records.map((record) => ({
      ...record,
      rooms: record.rooms + (recent.get(record.id) ?? 0),
    }));
    const chosen = leastLoaded(counted, refused) ?? leastLoaded(records, refused);
    if (!chosen || !canTake(chosen)) throw new AppError('no-mixer', whyNone(records));
    const winner = await this.#store.place(session, chosen.id);
    if (!winner) throw new AppError('session-ended', 'This session has ended.');
    if (winner === chosen.id) this.#recent.push({ mixer: winner, at: this.#now() });
    return winner;
  }

  #recentRooms(): Map<MixerId, number> {
    const since = this.#now() - COUNTED_MS;
    this.#recent = this.#recent.filter(({ at }) => at > since);
    const rooms = new Map<MixerId, number>();
    for (const { mixer } of this.#recent) rooms.set(mixer, (rooms.get(mixer) ?? 0) + 1);
    return rooms;
  }
}
