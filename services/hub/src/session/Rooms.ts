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
import { Places } from './Places.ts';
import type {
  CommandOptions,
  LiveSession,
  MixerGateway,
  MixerRegistry,
  Place,
  Placed,
  SessionStore,
} from './ports.ts';
import { RoomOpening, type RoomOpeningOptions } from './RoomOpening.ts';

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

export interface RoomsOptions extends Pick<RoomOpeningOptions, 'spentUsd' | 'past'> {
  store: SessionStore;
  mixers: MixerRegistry;
  gateway: MixerGateway;
  log: Log;
  now: () => number;
}

/** What is asked of each session's room, at whichever mixer that is (H8). */
export class Rooms {
  readonly places: Places;
  readonly #opening: RoomOpening;
  readonly #store: SessionStore;
  readonly #mixers: MixerRegistry;
  readonly #gateway: MixerGateway;
  readonly #log: Log;

  constructor(options: RoomsOptions) {
    this.places = new Places(options);
    this.#opening = new RoomOpening(options);
    this.#store = options.store;
    this.#mixers = options.mixers;
    this.#gateway = options.gateway;
    this.#log = options.log;
  }

  get events(): Places['events'] {
    return this.places.events;
  }

  /**
   * Does `inRoom` at the mixer that has the session's room, which is opened when nobody has it. A mixer that does not
   * answer loses the room and another gets it. Throws `no-mixer`, `mixer-timeout`, `session-ended`, and whatever
   * `inRoom` throws; it may be run again.
   */
  async enter<Result>(
    session: Pick<LiveSession, 'id' | 'settings'>,
    inRoom: (ask: Ask) => Promise<Result>,
    options: EnterOptions = {},
  ): Promise<Result> {
    const refused = new Set<MixerId>();
    let failure: AppError | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const placed = await this.places.claim(session.id, refused).catch((error: unknown) => {
        throw failure ?? error;
      });
      const { mixer } = placed;
      try {
        return await this.#within(session, placed, inRoom, options);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const forgotten = error.code === FORGOTTEN;
        if (!forgotten && !ELSEWHERE.includes(error.code)) throw error;
        if (!forgotten) {
          refused.add(mixer);
          this.places.suspect(mixer);
        }
        failure = error;
        await this.places.lose(session.id, placed, 'mixer-lost', error.code);
      }
    }
    throw failure ?? new AppError('no-mixer', 'No mixer would take the room. Try again in a moment.');
  }

  /** A room that was found and is not there after all is made there; its other devices must hear of that. */
  async #within<Result>(
    session: Pick<LiveSession, 'id' | 'settings'>,
    placed: Placed,
    inRoom: (ask: Ask) => Promise<Result>,
    { awaitAssistant = false, ...options }: EnterOptions,
  ): Promise<Result> {
    const { mixer } = placed;
    const ask: Ask = (name, body, limits) => this.#tell(placed, name, body, limits);
    const open = async () => {
      const request = await this.#opening.request(session, placed, awaitAssistant);
      return this.#gateway.command(mixer, 'room:open', request, options);
    };
    if (placed.outcome === 'claimed') {
      this.#dismiss(session.id, placed);
      await open();
      return inRoom(ask);
    }
    try {
      return await inRoom(ask);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== FORGOTTEN) throw error;
      const { made } = await open();
      if (made) this.events.emit('lost', session.id);
      return inRoom(ask);
    }
  }

  /** Whoever had the room before may still think so: it hears that it has not, if it hears at all. */
  #dismiss(session: SessionId, { mixer, epoch, ...placed }: Placed): void {
    const former = placed.outcome === 'claimed' ? placed.former : null;
    if (former === null || former === mixer) return;
    this.#tell({ mixer: former, epoch: epoch - 1 }, 'room:close', { sessionId: session }).catch(
      () => undefined,
    );
  }

  #tell<Name extends ControlCommand>(
    { mixer, epoch }: Place,
    name: Name,
    body: ControlRequest<Name>,
    options?: CommandOptions,
  ): Promise<ControlReply<Name>> {
    return this.#gateway.command(mixer, name, epoch > 0 ? { ...body, epoch } : body, options);
  }

  /** Passes a media command on to the session's mixer. A room that is gone is given up, so that devices join anew. */
  async media(
    session: SessionId,
    participant: ParticipantId,
    name: MediaCommand,
    body: unknown,
  ): Promise<unknown> {
    const request = { sessionId: session, participantId: participant, name, body };
    return this.#ask(session, 'media:command', request);
  }

  /** `by` whom: a microphone is heard when neither its device nor an owner has muted it. */
  async mute(
    session: SessionId,
    participant: ParticipantId,
    muted: boolean,
    by: 'self' | 'owner' = 'self',
  ): Promise<void> {
    const request = { sessionId: session, participantId: participant, muted, by };
    await this.#ask(session, 'participant:mute', request);
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
        await this.#checkLost(session, { mixer, epoch: 0 }, error);
        throw error;
      }
      const live = await this.#store.find(session);
      next = live?.mixer === mixer ? live.settings.conversation : undefined;
    }
  }

  /** Takes devices for one physical room; the mixer tells who they are now. */
  async group(session: SessionId, participant: ParticipantId, devices: ParticipantId[]): Promise<void> {
    const request = { sessionId: session, participantId: participant, participantIds: devices };
    await this.#ask(session, 'devices:group', request);
  }

  /** Tells the mixer; that it cannot be told only matters to the log: it notices by itself that nobody is there. */
  async remove(session: SessionId, participant: ParticipantId): Promise<void> {
    const live = await this.#store.find(session);
    if (!live?.mixer) return;
    const place = { mixer: live.mixer, epoch: live.epoch };
    await this.#tell(place, 'participant:leave', { sessionId: session, participantId: participant }).catch(
      (error: unknown) =>
        this.#log.debug({ err: error, sessionId: session, participantId: participant }, 'leave not heard'),
    );
  }

  async close(session: SessionId, mixer: MixerId): Promise<void> {
    await this.#gateway
      .command(mixer, 'room:close', { sessionId: session })
      .catch((error: unknown) => this.#log.warn({ err: error, sessionId: session }, 'room not closed'));
  }

  async #ask<Name extends ControlCommand>(
    session: SessionId,
    name: Name,
    body: ControlRequest<Name>,
  ): Promise<ControlReply<Name>> {
    const place = await this.places.of(session);
    try {
      return await this.#tell(place, name, body);
    } catch (error) {
      await this.#checkLost(session, place, error);
      throw error;
    }
  }

  /** A slow answer alone does not cost a mixer its room: only when its lease has lapsed as well. */
  async #checkLost(session: SessionId, place: Place, error: unknown): Promise<void> {
    if (!(error instanceof AppError)) return;
    const gone =
      error.code === 'no-mixer' ||
      error.code === FORGOTTEN ||
      (error.code === 'mixer-timeout' && (await this.#mixers.get(place.mixer)) === undefined);
    if (gone) await this.places.lose(session, place, 'mixer-lost', error.code);
  }
}
