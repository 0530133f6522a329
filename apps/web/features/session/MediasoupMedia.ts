import { AppError, DATA_CHANNEL_LABEL } from '@parley/contract';
import { Device, type types } from 'mediasoup-client';
import { Ears } from './Ears.ts';
import { audioContext } from '../../lib/audio/context.ts';
import { ASSISTANT } from './LevelBoard.ts';
import { createTransport, fromWire } from './mediaTransports.ts';
import { Unsupported } from './MediaPort.ts';
import type { Flow, Media, MediaHandlers, MediaOptions, Voice } from './MediaPort.ts';
import { PlayoutReporter } from './PlayoutReporter.ts';

/**
 * One pair of mediasoup transports: the microphone and our messages go up, voices and messages come down. Owns all of
 * it except the microphone's track. Opens nothing twice; after `close` every late answer is dropped.
 */
export class MediasoupMedia implements Media {
  readonly #options: MediaOptions;
  readonly #handlers: MediaHandlers;
  readonly #send: types.Transport;
  readonly #recv: types.Transport;
  readonly #ears: Ears;
  readonly #reporter: PlayoutReporter;
  #microphone: types.Producer | undefined;
  #track: MediaStreamTrack | null = null;
  #muted: boolean;
  #publishing: Promise<void> = Promise.resolve();
  #up: types.DataProducer | undefined;
  #ready = false;
  #closed = false;

  /** Throws AppError, Unreachable, or the browser's own error when WebRTC is not to be had. */
  static async open(options: MediaOptions, handlers: MediaHandlers): Promise<MediasoupMedia> {
    const device = await Device.factory().catch((error: unknown) => {
      throw new Unsupported({ cause: error });
    });
    await device.load({
      routerRtpCapabilities: fromWire(options.routerRtpCapabilities),
    });
    const [send, recv] = await Promise.all([
      createTransport(device, 'send', options),
      createTransport(device, 'recv', options),
    ]);
    const media = new MediasoupMedia(options, handlers, send, recv, device.recvRtpCapabilities);
    try {
      await media.#begin();
    } catch (error) {
      media.close();
      throw error;
    }
    return media;
  }

  private constructor(
    options: MediaOptions,
    handlers: MediaHandlers,
    send: types.Transport,
    recv: types.Transport,
    rtpCapabilities: types.RtpCapabilities,
  ) {
    this.#options = options;
    this.#handlers = handlers;
    this.#send = send;
    this.#recv = recv;
    this.#muted = options.muted;
    this.#ears = new Ears({
      request: options.request,
      transport: recv,
      rtpCapabilities,
      onTracks: (tracks) => this.#closed || handlers.onTracks(tracks),
      onTrouble: (error) => handlers.onTrouble('voice', error),
    });
    this.#reporter = new PlayoutReporter({
      sources: () => this.#ears.playing(ASSISTANT),
      outputDelayMs: () => (audioContext()?.outputLatency ?? 0) * 1_000,
      send: (report) => this.send(JSON.stringify(report)),
      now: () => {
        const pageMs = performance.now();
        return { epochMs: performance.timeOrigin + pageMs, pageMs };
      },
    });
    for (const transport of [send, recv])
      transport.on('connectionstatechange', () => this.#closed || handlers.onFlow(this.#flow()));
  }

  /** The microphone first: its section of the SDP is there before the channels, and the room hears at once. */
  async #begin(): Promise<void> {
    this.setMicrophone(this.#options.microphone);
    const [up, down] = await Promise.all([
      this.#send.produceData({ label: DATA_CHANNEL_LABEL }),
      this.#consumeData(),
    ]);
    this.#up = up;
    const check = () => {
      if (this.#closed || this.#ready || up.readyState !== 'open' || down.readyState !== 'open') return;
      this.#ready = true;
      this.#handlers.onReady();
    };
    up.on('open', check);
    down.on('open', check);
    down.on('message', (data: unknown) => {
      if (!this.#closed && typeof data === 'string') this.#handlers.onMessage(data);
    });
    const lost = () => this.#closed || this.#handlers.onFlow('down');
    up.on('close', lost);
    down.on('close', lost);
    queueMicrotask(check);
  }

  async #consumeData(): Promise<types.DataConsumer> {
    const remote = await this.#options.request('data:consume', { transportId: this.#recv.id });
    return this.#recv.consumeData({
      id: remote.id,
      dataProducerId: remote.dataProducerId,
      sctpStreamParameters: fromWire(remote.sctpStreamParameters),
      label: remote.label,
      protocol: remote.protocol,
    });
  }

  sync(wanted: ReadonlyMap<string, Voice>): void {
    if (!this.#closed) this.#ears.sync(wanted);
  }

  setMicrophone(track: MediaStreamTrack | null): void {
    if (this.#closed || track === this.#track) return;
    this.#track = track;
    // One change after the other: a fast change of device must not publish twice.
    this.#publishing = this.#publishing
      .then(() => this.#publish(track))
      .catch((error: unknown) => {
        if (!this.#closed && track !== null) this.#handlers.onTrouble('microphone', error);
      });
  }

  async #publish(track: MediaStreamTrack | null): Promise<void> {
    if (this.#closed || track !== this.#track) return;
    if (track !== null) track.enabled = !this.#muted;
    if (this.#microphone !== undefined) return this.#microphone.replaceTrack({ track });
    if (track === null || track.readyState === 'ended') return;
    const producer = await this.#send.produce({
      track,
      stopTracks: false,
      codecOptions: { opusDtx: true, opusFec: true, opusStereo: false },
    });
    if (this.#closed) return producer.close();
    this.#microphone = producer;
    this.setMuted(this.#muted);
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#track !== null) this.#track.enabled = !muted;
    if (muted) this.#microphone?.pause();
    else this.#microphone?.resume();
  }

  send(text: string): boolean {
    if (this.#closed || this.#up?.readyState !== 'open') return false;
    this.#up.send(text);
    return true;
  }

  async stillThere(): Promise<boolean> {
    if (this.#closed) return false;
    const consumerId = this.#ears.anyConsumerId();
    try {
      // Resuming what already flows changes nothing, and is refused when the room does not know it any more.
      if (consumerId !== undefined) await this.#options.request('media:resume', { consumerId });
      else await this.restartIce();
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  async restartIce(): Promise<void> {
    for (const transport of [this.#send, this.#recv]) {
      const { iceParameters } = await this.#options.request('transport:restart-ice', {
        transportId: transport.id,
      });
      if (this.#closed) return;
      await transport.restartIce({ iceParameters: fromWire(iceParameters) });
    }
  }

  #flow(): Flow {
    const states = [this.#send.connectionState, this.#recv.connectionState];
    if (states.some((state) => state === 'failed' || state === 'closed')) return 'down';
    if (states.includes('disconnected')) return 'shaky';
    return states.every((state) => state === 'connected') ? 'up' : 'new';
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reporter.close();
    this.#ears.close();
    this.#send.close();
    this.#recv.close();
    this.#handlers.onTracks([]);
  }
}
