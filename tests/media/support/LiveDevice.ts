import type { SessionEvent, SessionId } from '@parley/contract';
import type { HubApi } from '../../support/HubApi.ts';
import { until } from '../../support/until.ts';
import { DevicePeer } from './DevicePeer.ts';
import { HubRoom } from './HubRoom.ts';

/** Speaks and listens in a session as a page does: when its room is lost it joins anew by itself. */
export class LiveDevice {
  readonly name: string;
  readonly room: HubRoom;
  readonly #voice: Int16Array;
  /** Whose producer it hears: read again after each move. */
  readonly #hears: () => LiveDevice;
  #peer: DevicePeer;
  #joins = 1;
  #moving: Promise<unknown> = Promise.resolve();
  /** Moves that did not come to an end. */
  readonly troubles: unknown[] = [];
  #closed = false;
  /** When it was last told that its room is elsewhere (performance.now). */
  resetAt = 0;

  private constructor(room: HubRoom, peer: DevicePeer, options: LiveDeviceOptions) {
    this.room = room;
    this.name = options.name;
    this.#voice = options.voice;
    this.#hears = options.hears;
    this.#peer = peer;
    this.#speak();
    // One move after another: a room may be lost again while its devices are still on their way.
    room.client.socket.on('room:reset', () => {
      this.resetAt = performance.now();
      this.#moving = this.#moving
        .then(() => this.#move())
        .catch((error: unknown) => this.troubles.push(error));
    });
  }

  static async join(api: HubApi, session: SessionId, options: LiveDeviceOptions): Promise<LiveDevice> {
    const room = await HubRoom.connect(api, session, options.name);
    return new LiveDevice(room, await DevicePeer.join(room, options.name), options);
  }

  get peer(): DevicePeer {
    return this.#peer;
  }

  get joins(): number {
    return this.#joins;
  }

  get events(): readonly SessionEvent[] {
    return this.room.client.events;
  }

  /** Connects to the voice it hears. */
  async listen(): Promise<void> {
    const { producerId } = await until('a voice', () => this.#hears().peer);
    await this.#peer.hear(producerId);
  }

  /** Resolves with the time (performance.now) at which a voice was heard over a connection made after `joins` ones. */
  async heardAfter(joins: number): Promise<number> {
    await until(`${this.name} to hear again`, () => this.#joins > joins && this.#peer.listener.packets > 3, {
      everyMs: 5,
    });
    return performance.now();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.room.client.close();
    await this.#moving;
    await this.#peer.close();
  }

  #speak(): void {
    this.#peer.speaker.say(this.#voice);
  }

  async #move(): Promise<void> {
    const former = this.#peer;
    this.#peer = await until('a new place', async () => {
      if (this.#closed) return former;
      return DevicePeer.join(this.room, this.name);
    });
    if (this.#peer === former) return;
    this.#joins += 1;
    this.#speak();
    await former.close();
    const joins = this.#joins;
    await until('the other to be there', () => this.#hears().joins >= joins, { everyMs: 5 });
    await this.listen();
  }
}

export interface LiveDeviceOptions {
  name: string;
  voice: Int16Array;
  hears: () => LiveDevice;
}
