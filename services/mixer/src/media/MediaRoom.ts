import { EventEmitter } from 'node:events';
import { DATA_CHANNEL_LABEL, type MediaParameters } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { types } from 'mediasoup';
import { RtpWriter } from '../audio/rtp.ts';
import type { InjectedMicrophone, RoomMedia, RoomMediaEvents } from '../room/mediaPorts.ts';
import type { Clock } from '../room/ports.ts';
import { Device, type DeviceHome } from './Device.ts';
import { InjectedRouterMicrophone } from './InjectedRouterMicrophone.ts';
import { opusParameters, ROUTER_CODECS } from './opusParameters.ts';

/**
 * A signal to the whole process group (Ctrl-C) ends the worker a moment before this process hears of it: a room that is
 * about to be drained should not be told that its worker died.
 */
const LOST_AFTER_MS = 100;

export interface MediaRoomOptions {
  worker: types.Worker;
  server: types.WebRtcServer;
  clock: Clock;
  log: Log;
}

/** A room's router with what is fixed in it: the way into this process, the assistant's track, the data broadcast. */
export class MediaRoom implements RoomMedia {
  readonly events = new EventEmitter<RoomMediaEvents>();
  readonly #home: DeviceHome;
  readonly #assistant: types.Producer;
  readonly #rtp: RtpWriter;
  readonly #devices = new Set<Device>();
  #lost = false;
  #closed = false;

  private constructor(home: DeviceHome, assistant: types.Producer) {
    this.#home = home;
    this.#assistant = assistant;
    this.#rtp = new RtpWriter({
      ssrc: assistant.rtpParameters.encodings?.[0]?.ssrc ?? 0,
      payloadType: assistant.rtpParameters.codecs[0]?.payloadType ?? 0,
    });
    home.router.once('workerclose', () => {
      if (this.#closed) return;
      this.#lost = true;
      home.clock.after(LOST_AFTER_MS, () => {
        if (this.#closed) return;
        this.close();
        this.events.emit('lost');
      });
    });
  }

  static async open({ worker, server, clock, log }: MediaRoomOptions): Promise<MediaRoom> {
    const router = await worker.createRouter({ mediaCodecs: ROUTER_CODECS });
    try {
      const direct = await router.createDirectTransport();
      const assistant = await direct.produce({ kind: 'audio', rtpParameters: opusParameters() });
      const downward = await direct.produceData({ label: DATA_CHANNEL_LABEL });
      const producerIds = new Set([assistant.id]);
      return new MediaRoom({ router, server, direct, producerIds, downward, clock, log }, assistant);
    } catch (error) {
      router.close();
      throw error;
    }
  }

  get routerRtpCapabilities(): MediaParameters {
    return this.#home.router.rtpCapabilities;
  }

  get assistantProducerId(): string {
    return this.#assistant.id;
  }

  openDevice({ maySpeak }: { maySpeak: boolean }): Device {
    const device: Device = new Device(this.#home, { maySpeak, onClosed: () => this.#devices.delete(device) });
    this.#devices.add(device);
    return device;
  }

  inject(): Promise<InjectedMicrophone> {
    return InjectedRouterMicrophone.inject(this.#home);
  }

  speak(payload: Uint8Array, options: { marker: boolean; skippedFrames: number }): number {
    const packet = this.#rtp.write(payload, options);
    if (!this.#closed && !this.#lost) this.#assistant.send(packet);
    return this.#rtp.timestamp;
  }

  broadcast(text: string): void {
    if (!this.#closed && !this.#lost) this.#home.downward.send(text);
  }

  /** Closes its devices and everything in the router. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const device of this.#devices) device.close();
    this.#home.router.close();
  }
}
