import { EventEmitter } from 'node:events';
import {
  AppError,
  type ControlCommand,
  type ControlReply,
  type ControlRequest,
  newEventId,
  type ParticipantId,
  type SessionId,
  type SessionSettings,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { addCounts, type AudioCounts, noAudio } from './AudioTotals.ts';
import type { MediaFactory } from './mediaPorts.ts';
import { type FactSink, Room, type RoomAssistant, type RoomCloseReason, type RoomOptions } from './Room.ts';

export type ControlHandlers = {
  readonly [Name in ControlCommand]: (request: ControlRequest<Name>) => Promise<ControlReply<Name>>;
};

export interface RoomsEvents {
  gone: [sessionId: SessionId, participantId: ParticipantId];
  closed: [sessionId: SessionId, reason: RoomCloseReason];
}

export interface RoomsOptions extends Pick<RoomOptions, 'openPeer' | 'codec' | 'frameClock' | 'clock'> {
  openMedia: MediaFactory;
  /** Makes an assistant that is not started yet. */
  makeAssistant: (settings: SessionSettings, log: Log, spentUsd: number) => RoomAssistant & { start(): void };
  facts: FactSink;
  maxRooms: number;
  log: Log;
}

/** All rooms of this mixer. Owns them; `drain` is the polite close. */
export class Rooms {
  readonly events = new EventEmitter<RoomsEvents>();
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<SessionId, Room>();
  readonly #opening = new Map<SessionId, Promise<Room>>();
  readonly #counts = noAudio();
  #draining = false;

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#rooms.size;
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
    'room:open': async ({ sessionId, settings, awaitAssistant, spentUsd = 0 }) => {
      const room = await this.#open(sessionId, settings, spentUsd);
      if (awaitAssistant) await mustSettle(room);
      return { routerRtpCapabilities: room.routerRtpCapabilities };
    },
    'room:configure': async ({ sessionId, conversation }) => {
      // One that is being opened may have been asked for with the settings of before.
      await this.#opening.get(sessionId)?.catch(() => undefined);
      this.#room(sessionId).assistant.configure(conversation);
      return {};
    },
    'room:close': async ({ sessionId }) => {
      const opening = this.#opening.get(sessionId);
      const room = opening ? await opening.catch(() => undefined) : this.#rooms.get(sessionId);
      room?.close('closed');
      return {};
    },
    'participant:join': async ({ sessionId, participantId, name, role }) => {
      const room = this.#room(sessionId);
      room.join({ id: participantId, name, role });
      return { routerRtpCapabilities: room.routerRtpCapabilities };
    },
    'participant:leave': async ({ sessionId, participantId }) => {
      this.#rooms.get(sessionId)?.leave(participantId);
      return {};
    },
    'participant:mute': async ({ sessionId, participantId, muted, by = 'self' }) => {
      await this.#room(sessionId).mute(participantId, muted, by);
      return {};
    },
    'devices:group': async ({ sessionId, participantId, participantIds }) => {
      this.#room(sessionId).group(participantId, participantIds);
      return {};
    },
    'bridge:join': async ({ sessionId, participantId, name, role, sdp }) => ({
      sdp: await this.#room(sessionId).joinPeer({ id: participantId, name, role }, sdp),
    }),
    'media:command': async ({ sessionId, participantId, name, body }) =>
      this.#room(sessionId).command(participantId, name, body),
  };

  /** Opens no more rooms and closes those that are open; everybody in them is told. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    for (const room of this.#rooms.values()) {
      room.notify('info', 'The voice server is being restarted. You will be connected again.');
      room.close('drained');
    }
  }

  #open(sessionId: SessionId, settings: SessionSettings, spentUsd: number): Promise<Room> {
    const existing = this.#rooms.get(sessionId);
    if (existing) return Promise.resolve(existing);
    let opening = this.#opening.get(sessionId);
    if (!opening) {
      this.#refuseWhenFull();
      opening = this.#make(sessionId, settings, spentUsd).finally(() => this.#opening.delete(sessionId));
      this.#opening.set(sessionId, opening);
    }
    return opening;
  }

  async #make(sessionId: SessionId, settings: SessionSettings, spentUsd: number): Promise<Room> {
    const { openMedia, makeAssistant } = this.#options;
    const log = this.#options.log.child({ sessionId });
    const media = await openMedia();
    if (this.#draining) {
      media.close();
      this.#refuseWhenFull();
    }
    const assistant = makeAssistant(settings, log, spentUsd);
    const room = new Room({ ...this.#options, sessionId, media, assistant, log });
    this.#rooms.set(sessionId, room);
    room.events.on('gone', (participantId) => this.events.emit('gone', sessionId, participantId));
    room.events.once('closed', (reason) => this.#closed(sessionId, room, reason));
    assistant.start();
    log.info({ rooms: this.#rooms.size }, 'room opened');
    return room;
  }

  #closed(sessionId: SessionId, room: Room, reason: RoomCloseReason): void {
    this.#rooms.delete(sessionId);
    addCounts(this.#counts, room.audioCounts());
    if (reason === 'worker-died')
      this.#options.facts.append({
        id: newEventId(),
        sessionId,
        at: Date.now(),
        type: 'error:raised',
        data: {
          source: 'mixer',
          code: 'worker-died',
          message: 'The voice server failed and is starting again. Everybody is being connected anew.',
        },
      });
    this.events.emit('closed', sessionId, reason);
  }

  #refuseWhenFull(): void {
    if (this.#draining) throw new AppError('no-mixer', 'This voice server is stopping. Try again.');
    const { maxRooms } = this.#options;
    if (this.#rooms.size + this.#opening.size >= maxRooms)
      throw new AppError('no-mixer', `This voice server is full (${maxRooms} rooms). Try again later.`);
  }

  #room(sessionId: SessionId): Room {
    const room = this.#rooms.get(sessionId);
    if (room) return room;
    throw new AppError(
      'session-not-found',
      'The room of this session is not open here. Join the session again.',
    );
  }
}

/** Waits for the first attempt to reach the provider; one that failed is the caller's error, with its words. */
async function mustSettle(room: Room): Promise<void> {
  await room.assistant.settled();
  // Not what that first attempt came to, which may be long ago.
  const { state } = room.assistant;
  if (state.phase === 'unavailable')
    throw new AppError('provider-refused', state.message ?? 'The AI provider cannot be reached.');
}
