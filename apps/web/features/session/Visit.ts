import {
  AppError,
  type AddedParticipant,
  type EndReason,
  type SessionId,
  type SessionView,
} from '@parley/contract';
import type * as api from '../../lib/api.ts';
import type { Microphone } from '../../lib/audio/Microphone.ts';
import { describeProblem, type Problem } from '../../lib/problem.ts';
import type * as storage from '../../lib/storage.ts';
import { Store } from '../../lib/store.ts';
import type { ConnectionOptions, SessionConnection } from './SessionConnection.ts';
import type { Over } from './sessionModel.ts';

/** Where somebody who opened `/s/<id>` stands. */
export type VisitState =
  | { at: 'looking' }
  | { at: 'trouble'; problem: Problem; missing: boolean }
  | { at: 'lobby'; session: SessionView; joining: boolean; problem: Problem | null }
  | { at: 'room'; connection: SessionConnection }
  | { at: 'gone'; over: Exclude<Over, { why: 'ended' }>; seat: storage.Seat }
  | { at: 'ended'; session: SessionView; justNow: boolean };

export interface VisitPorts {
  api: Pick<typeof api, 'getSession' | 'addParticipant'>;
  storage: Pick<
    typeof storage,
    'loadSeat' | 'saveSeat' | 'loadOwnerToken' | 'saveOwnerToken' | 'saveHistoryToken' | 'saveName'
  >;
  connect(options: Pick<ConnectionOptions, 'seat' | 'microphone'>): SessionConnection;
  microphone: Microphone;
}

/** How often the lobby looks who is there. */
const LOBBY_LOOK_MS = 5_000;

/** One tab at one session's address: lobby, room, or what is left to read. Owns the microphone and the connection. */
export class Visit {
  readonly state = new Store<VisitState>({ at: 'looking' });
  readonly microphone: Microphone;
  readonly #id: SessionId;
  readonly #ports: VisitPorts;
  #undoWatch: (() => void) | undefined;
  #lobbyTimer: ReturnType<typeof setTimeout> | undefined;
  #looking = 0;
  #closed = false;

  constructor(id: SessionId, ports: VisitPorts) {
    this.#id = id;
    this.#ports = ports;
    this.microphone = ports.microphone;
  }

  /** Looks the session up: a tab that was in the room before a reload goes straight back in. */
  readonly look = async (): Promise<void> => {
    this.#closed = false;
    const looking = ++this.#looking;
    this.state.set({ at: 'looking' });
    try {
      const session = await this.#ports.api.getSession(this.#id);
      if (this.#closed || looking !== this.#looking) return;
      this.#show(session);
    } catch (error) {
      if (this.#closed || looking !== this.#looking) return;
      const missing =
        error instanceof AppError && (error.code === 'session-not-found' || error.code === 'not-found');
      const problem = describeProblem(missing ? new AppError('session-not-found', '') : error);
      this.state.set({ at: 'trouble', problem, missing });
    }
  };

  #show(session: SessionView): void {
    if (session.state === 'ended') {
      this.#ports.storage.saveSeat(this.#id, null);
      this.state.set({ at: 'ended', session, justNow: false });
      return;
    }
    const seat = this.#ports.storage.loadSeat(this.#id);
    if (seat !== undefined) {
      this.enterAgain(seat);
      return;
    }
    this.state.set({ at: 'lobby', session, joining: false, problem: null });
    this.#watchLobby();
  }

  /** Asks for a place and takes it. What goes wrong is shown in the lobby. */
  async join(name: string, listenOnly: boolean): Promise<void> {
    const state = this.state.get();
    if (state.at !== 'lobby' || state.joining) return;
    this.state.set({ ...state, joining: true, problem: null });
    this.#ports.storage.saveName(name);
    try {
      const added = await this.#add(name, listenOnly);
      if (this.#closed) return;
      const seat: storage.Seat = { ...added, name, listenOnly };
      this.#ports.storage.saveHistoryToken(this.#id, added.historyToken);
      this.#ports.storage.saveSeat(this.#id, seat);
      this.#enter(seat);
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof AppError && error.code === 'session-ended') return this.look();
      this.state.set({ ...state, joining: false, problem: describeProblem(error) });
      this.#watchLobby();
    }
  }

  /** As owner where this device created the session. An owner token that is no longer taken is forgotten. */
  async #add(name: string, listenOnly: boolean): Promise<AddedParticipant> {
    const { api, storage } = this.#ports;
    const role = listenOnly ? 'listener' : 'speaker';
    const ownerToken = storage.loadOwnerToken(this.#id);
    if (ownerToken !== null) {
      try {
        return await api.addParticipant(this.#id, { name, role: 'owner' }, ownerToken);
      } catch (error) {
        if (!(error instanceof AppError) || (error.code !== 'bad-token' && error.code !== 'forbidden'))
          throw error;
        storage.saveOwnerToken(this.#id, null);
      }
    }
    return api.addParticipant(this.#id, { name, role }, null);
  }

  /** Takes a seat back: from another tab, or after a reload. */
  enterAgain(seat: storage.Seat): void {
    this.#ports.storage.saveSeat(this.#id, seat);
    if (!seat.listenOnly) void this.microphone.open();
    this.#enter(seat);
  }

  #enter(seat: storage.Seat): void {
    clearTimeout(this.#lobbyTimer);
    const connection = this.#ports.connect({ seat, microphone: this.microphone });
    this.#undoWatch = connection.snapshot.subscribe(() => {
      const { link } = connection.snapshot.get();
      if (link.at === 'over') this.#onOver(connection, link.over, seat);
    });
    this.state.set({ at: 'room', connection });
    connection.start();
  }

  #onOver(connection: SessionConnection, over: Over, seat: storage.Seat): void {
    this.#undoWatch?.();
    this.#undoWatch = undefined;
    this.microphone.close();
    // A reload must not fight with the tab that holds the seat now, nor sneak back in after leaving.
    this.#ports.storage.saveSeat(this.#id, null);
    const room = connection.snapshot.get().room;
    if (over.why !== 'ended') this.state.set({ at: 'gone', over, seat });
    else if (room === null) void this.look();
    else this.state.set({ at: 'ended', session: endedNow(room.session, over.reason), justNow: true });
  }

  /** To the lobby, from wherever the person stands. */
  readonly toLobby = (): void => {
    void this.look();
  };

  #watchLobby(): void {
    clearTimeout(this.#lobbyTimer);
    this.#lobbyTimer = setTimeout(() => void this.#refreshLobby(), LOBBY_LOOK_MS);
  }

  async #refreshLobby(): Promise<void> {
    const session = await this.#ports.api.getSession(this.#id).catch(() => undefined);
    const state = this.state.get();
    if (this.#closed || state.at !== 'lobby' || state.joining) return;
    if (session?.state === 'ended') return this.#show(session);
    if (session !== undefined) this.state.set({ ...state, session });
    this.#watchLobby();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#lobbyTimer);
    this.#undoWatch?.();
    const state = this.state.get();
    if (state.at === 'room') state.connection.close();
    this.microphone.close();
  }
}

function endedNow(session: SessionView, reason: EndReason | null): SessionView {
  return {
    ...session,
    state: 'ended',
    endedAt: session.endedAt ?? Date.now(),
    endReason: reason ?? session.endReason,
    participants: [],
    participantCount: 0,
  };
}
