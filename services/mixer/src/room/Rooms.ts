import { EventEmitter } from 'node:events';
import {
  AppError,
  type ControlCommand,
  type ControlReply,
  type ControlRequest,
  newEventId,
  type ParticipantId,
  type PastFact,
  type SessionId,
  type SessionSettings,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { addCounts, type AudioCounts, noAudio } from './AudioTotals.ts';
import type { MediaFactory } from './mediaPorts.ts';
import { Room } from './Room.ts';
import {
  type FactSink,
  FLUSH_WITHIN_MS,
  type RoomAssistant,
  type RoomCloseReason,
  type RoomOptions,
} from './roomPorts.ts';

export type ControlHandlers = {
  readonly [Name in ControlCommand]: (request: ControlRequest<Name>) => Promise<ControlReply<Name>>;
};

export interface RoomsEvents {
  gone: [sessionId: SessionId, participantId: ParticipantId, reason?: 'silent'];
  /** Not for one that was given away: that is for others to tell. */
  closed: [sessionId: SessionId, reason: Exclude<RoomCloseReason, 'given-away'>, epoch: number | undefined];
}

/** What a session has behind it when its room is made. */
export interface Before {
  sessionId: SessionId;
  spentUsd: number;
  past: readonly PastFact[];
}

export interface RoomsOptions extends Pick<
  RoomOptions,
  'openPeer' | 'openRtp' | 'codec' | 'frameClock' | 'clock' | 'beforeTelling'
> {
  openMedia: MediaFactory;
  /** Makes an assistant that is not started yet. */
  makeAssistant: (settings: SessionSettings, log: Log, before: Before) => RoomAssistant & { start(): void };
  facts: FactSink & { flushed(withinMs: number): Promise<void> };
  maxRooms: number;
  /** As much to do as can be done in time: those who are in go on, new rooms are refused. */
  busy?: () => boolean;
  log: Log;
}

/** A room that was given to this mixer is asked for within this time. */
const OPENED_WITHIN_MS = 1_000;

/** All rooms of this mixer. Owns them; `drain` is the polite close. */
export class Rooms {
  readonly events = new EventEmitter<RoomsEvents>();
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<SessionId, Room>();
  readonly #opening = new Map<SessionId, Promise<Room>>();
  readonly #retired = new Set<Room>();
  readonly #openings = new EventEmitter<{ opened: [sessionId: SessionId] }>();
  readonly #counts = noAudio();
  #draining = false;

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Those that are open and those that are being opened. */
  get claimed(): number {
    return this.#rooms.size + this.#opening.size;
  }

  get participants(): number {
    let sum = 0;
    for (const room of this.#rooms.values()) sum += room.participants;
    return sum;
  }

  get draining(): boolean {
    return this.#draining;
  }

  [Symbol.iterator](): Iterator<Room> {
    return this.#rooms.values();
  }

  /** What all sources have counted since the start. */
  audioCounts(): AudioCounts {
    const sum = { ...this.#counts };
    for (const room of this.#rooms.values()) addCounts(sum, room.audioCounts());
    return sum;
  }

  /** The hub's commands. Each rejects with an AppError. */
  readonly handlers: ControlHandlers = {
    'room:open': async (request) => {
      const { room, made } = await this.#open(request);
      if (request.awaitAssistant) await mustSettle(room);
      return { routerRtpCapabilities: room.routerRtpCapabilities, made };
    },
    'room:configure': async ({ conversation, ...where }) => {
      // One that is being opened may have been asked for with the settings of before.
      await this.#opening.get(where.sessionId)?.catch(() => undefined);
      this.#room(where).assistant.configure(conversation);
      return {};
    },
    'room:close': async ({ sessionId, epoch }) => {
      const opening = this.#opening.get(sessionId);
      const room = opening ? await opening.catch(() => undefined) : this.#rooms.get(sessionId);
      if (!room || !isOf(room, epoch)) return {};
      room.close('closed');
      // The hub writes the session's end when it has the answer.
      await this.#options.facts.flushed(FLUSH_WITHIN_MS);
      return {};
    },
    'participant:join': async ({ participantId, name, role, resume = false, ...where }) => {
      await this.#opened(where);
      const room = this.#room(where);
      room.join({ id: participantId, name, role }, resume);
      return { routerRtpCapabilities: room.routerRtpCapabilities };
    },
    'participant:leave': async ({ sessionId, epoch, participantId }) => {
      const room = this.#rooms.get(sessionId);
      if (room && isOf(room, epoch)) room.leave(participantId);
      return {};
    },
    'participant:mute': async ({ participantId, muted, by = 'self', ...where }) => {
      await this.#room(where).mute(participantId, muted, by);
      return {};
    },
    'devices:group': async ({ participantId, participantIds, ...where }) => {
      this.#room(where).group(participantId, participantIds);
      return {};
    },
    'bridge:join': async ({ participantId, name, role, sdp, ...where }) => {
      await this.#opened(where);
      return { sdp: await this.#room(where).joinPeer({ id: participantId, name, role }, sdp) };
    },
    'rtp:join': async ({ participantId, name, role, wishes, ...where }) => {
      await this.#opened(where);
      return this.#room(where).joinRtp({ id: participantId, name, role }, wishes);
    },
    'media:command': async ({ participantId, name, body, ...where }) =>
      this.#room(where).command(participantId, name, body),
  };

  has(sessionId: SessionId): boolean {
    return this.#rooms.has(sessionId);
  }

  /** Another mixer has this room: it ends here without a word. One of a newer epoch stays. */
  giveUp(sessionId: SessionId, epoch: number): void {
    const room = this.#rooms.get(sessionId);
    if (room && (room.epoch ?? 0) <= epoch) room.close('given-away');
  }

  /** This process was away for so long that others may have all its rooms. */
  giveUpAll(): void {
    for (const room of this.#rooms.values()) room.close('given-away');
  }

  /** Those that are not over yet, retired ones included. */
  get busy(): boolean {
    return this.#rooms.size + this.#opening.size + this.#retired.size > 0;
  }

  /** Opens no more rooms. */
  refuseMore(): void {
    this.#draining = true;
  }

  /** Opens no more rooms and closes those that are open; everybody in them is told. */
  drain(): void {
    this.refuseMore();
    for (const room of this.#rooms.values()) {
      room.notify('info', 'The voice server is being restarted. You will be connected again.');
      room.close('drained');
    }
    for (const room of this.#retired) room.close('given-away');
  }

  async #open(request: Opening): Promise<{ room: Room; made: boolean }> {
    const { sessionId, epoch = 0 } = request;
    const existing = this.#rooms.get(sessionId);
    if (existing) {
      const own = existing.epoch ?? 0;
      if (epoch !== 0 && epoch < own)
        throw new AppError('conflict', 'The room has moved. Join the session again.');
      if (epoch <= own + 1) {
        if (epoch > own) existing.renew(epoch);
        this.#openings.emit('opened', sessionId);
        return { room: existing, made: false };
      }
      existing.close('given-away');
    }
    let opening = this.#opening.get(sessionId);
    if (opening) return { room: await opening, made: false };
    this.#refuseWhenFull();
    opening = this.#make(request).finally(() => this.#opening.delete(sessionId));
    this.#opening.set(sessionId, opening);
    return { room: await opening, made: true };
  }

  async #make({ sessionId, epoch, settings, spentUsd = 0, past = [] }: Opening): Promise<Room> {
    const { openMedia, makeAssistant } = this.#options;
    const log = this.#options.log.child({ sessionId });
    const media = await openMedia();
    if (this.#draining) {
      media.close();
      this.#refuseWhenFull();
    }
    const assistant = makeAssistant(settings, log, { sessionId, spentUsd, past });
    const room = new Room({ ...this.#options, sessionId, epoch, media, assistant, log });
    this.#rooms.set(sessionId, room);
    room.events.on('gone', (participantId, reason) => {
      if (this.#rooms.get(sessionId) === room) this.events.emit('gone', sessionId, participantId, reason);
    });
    room.events.once('retired', () => this.#retire(sessionId, room));
    room.events.once('closed', (reason) => this.#closed(sessionId, room, reason));
    assistant.start();
    this.#openings.emit('opened', sessionId);
    log.info({ rooms: this.#rooms.size, epoch, known: past.length }, 'room opened');
    return room;
  }

  /** Another mixer may have it from now on. */
  #retire(sessionId: SessionId, room: Room): void {
    this.#rooms.delete(sessionId);
    this.#retired.add(room);
    this.events.emit('closed', sessionId, 'drained', room.epoch);
  }

  #closed(sessionId: SessionId, room: Room, reason: RoomCloseReason): void {
    if (this.#rooms.get(sessionId) === room) this.#rooms.delete(sessionId);
    this.#retired.delete(room);
    addCounts(this.#counts, room.audioCounts());
    if (reason === 'worker-died')
      this.#options.facts.append(
        {
          id: newEventId(),
          sessionId,
          at: Date.now(),
          type: 'error:raised',
          data: {
            source: 'mixer',
            code: 'worker-died',
            message: 'The voice server failed and is starting again. Everybody is being connected anew.',
          },
        },
        room,
      );
    if (reason !== 'given-away') this.events.emit('closed', sessionId, reason, room.epoch);
  }

  /** Somebody joins by another hub than the one that opens the room, and may be a little faster. */
  async #opened({ sessionId, epoch }: Where): Promise<void> {
    if (epoch === undefined || this.#rooms.get(sessionId)?.epoch === epoch) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onOpened = (id: SessionId) => id === sessionId && resolve();
    this.#openings.on('opened', onOpened);
    const undo = this.#options.clock.after(OPENED_WITHIN_MS, resolve);
    await promise;
    undo();
    this.#openings.off('opened', onOpened);
  }

  #refuseWhenFull(): void {
    if (this.#draining) throw new AppError('no-mixer', 'This voice server is stopping. Try again.');
    const { maxRooms, busy } = this.#options;
    if (busy?.() === true)
      throw new AppError(
        'no-mixer',
        'This voice server has as much to do as it can do in time. Try again later.',
      );
    if (this.claimed >= maxRooms)
      throw new AppError('no-mixer', `This voice server is full (${maxRooms} rooms). Try again later.`);
  }

  #room({ sessionId, epoch }: Where): Room {
    const room = this.#rooms.get(sessionId);
    if (room && isOf(room, epoch)) return room;
    throw new AppError(
      'session-not-found',
      'The room of this session is not open here. Join the session again.',
    );
  }
}

type Opening = ControlRequest<'room:open'>;
type Where = Pick<Opening, 'sessionId' | 'epoch'>;

/** Whoever names no epoch means the room that is there. */
const isOf = (room: Room, epoch: number | undefined): boolean =>
  epoch === undefined || room.epoch === undefined || room.epoch === epoch;

/** Waits for the first attempt to reach the provider; one that failed is the caller's error, with its words. */
async function mustSettle(room: Room): Promise<void> {
  await room.assistant.settled();
  // Not what that first attempt came to, which may be long ago.
  const { state } = room.assistant;
  if (state.phase === 'unavailable')
    throw new AppError('provider-refused', state.message ?? 'The AI provider cannot be reached.');
}
