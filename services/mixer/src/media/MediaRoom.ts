import { EventEmitter } from 'node:events';
import type { MediaParameters } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { types } from 'mediasoup';
import { RtpWriter } from '../audio/rtp.ts';
import type { InjectedMicrophone, RoomMedia, RoomMediaEvents } from '../room/mediaPorts.ts';
import type { Clock } from '../room/ports.ts';
import { Device } from './Device.ts';
import { InjectedRouterMicrophone } from './InjectedRouterMicrophone.ts';
import type { MediaWorker } from './MediaWorker.ts';
import { opusParameters } from './opusParameters.ts';
import { Seating, type SeatingOptions } from './Seating.ts';
import { Wing } from './Wing.ts';

/**
 * A signal to the whole process group (Ctrl-C) ends the worker a moment before this process hears of it: a room that is
 * about to be drained should not be told that its worker died.
 */
const LOST_AFTER_MS = 100;

export interface MediaRoomOptions {
  /** For the first wing. */
  worker: MediaWorker;
  seating: SeatingOptions;
  clock: Clock;
  log: Log;
}

/**
 * A room's media: the assistant's track, the data broadcast, its devices, in one wing or, when it is large, in several.
 * It is lost with any of them: half a room is none.
 */
export class MediaRoom implements RoomMedia {
  readonly events = new EventEmitter<RoomMediaEvents>();
  readonly #options: MediaRoomOptions;
  /** The first one has the assistant and the peers. */
  readonly #wings: Wing[] = [];
  readonly #first: Wing;
  readonly #seating: Seating;
  readonly #assistant: types.Producer;
  readonly #rtp: RtpWriter;
  readonly #devices = new Set<Device>();
  #lost = false;
  #closed = false;

  private constructor(options: MediaRoomOptions, first: Wing, assistant: types.Producer) {
    this.#options = options;
    this.#first = first;
    this.#assistant = assistant;
    this.#rtp = new RtpWriter({
      ssrc: assistant.rtpParameters.encodings?.[0]?.ssrc ?? 0,
      payloadType: assistant.rtpParameters.codecs[0]?.payloadType ?? 0,
    });
    this.#adopt(first);
    this.#seating = new Seating(options.seating, first, (wing) => this.#adopt(wing));
  }

  static async open(options: MediaRoomOptions): Promise<MediaRoom> {
    const first = await Wing.open(options.worker, new Map());
    try {
      const assistant = await first.direct.produce({ kind: 'audio', rtpParameters: opusParameters() });
      first.keep(assistant);
      return new MediaRoom(options, first, assistant);
    } catch (error) {
      first.close();
      throw error;
    }
  }

  get routerRtpCapabilities(): MediaParameters {
    return this.#first.router.rtpCapabilities;
  }

  get assistantProducerId(): string {
    return this.#assistant.id;
  }

  /** How many workers have a part of it. */
  get wings(): number {
    return this.#wings.length;
  }

  openDevice({ maySpeak }: { maySpeak: boolean }): Device {
    const { clock, log } = this.#options;
    const { wing, stand } = this.#seating.sit();
    const onClosed = () => {
      stand();
      this.#devices.delete(device);
    };
    const device: Device = new Device({ wing, clock, log, maySpeak, onClosed });
    this.#devices.add(device);
    return device;
  }

  inject(): Promise<InjectedMicrophone> {
    return InjectedRouterMicrophone.inject(this.#first, () => this.#devices.size > 0);
  }

  speak(payload: Uint8Array, options: { marker: boolean; skippedFrames: number }): number {
    const packet = this.#rtp.write(payload, options);
    if (!this.#closed && !this.#lost && this.#devices.size > 0) this.#assistant.send(packet);
    return this.#rtp.timestamp;
  }

  broadcast(text: string): void {
    if (!this.#closed && !this.#lost && this.#devices.size > 0)
      for (const { downward } of this.#wings) downward.send(text);
  }

  /** Closes its devices and everything in its wings. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const device of this.#devices) device.close();
    for (const wing of this.#wings) wing.close();
  }

  #adopt(wing: Wing): void {
    if (this.#closed) {
      wing.close();
      return;
    }
    this.#wings.push(wing);
    wing.router.once('workerclose', () => {
      if (this.#closed) return;
      this.#lost = true;
      this.#options.clock.after(LOST_AFTER_MS, () => {
        if (this.#closed) return;
        this.close();
        this.events.emit('lost');
      });
    });
  }
}
