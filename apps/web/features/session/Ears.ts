import type { types } from 'mediasoup-client';
import { AppError } from '@parley/contract';
import { fromWire, toWire } from './mediaTransports.ts';
import type { RemoteTrack, Voice } from './MediaPort.ts';
import type { Request } from './Signaling.ts';

interface EarsOptions {
  request: Request;
  transport: types.Transport;
  rtpCapabilities: types.RtpCapabilities;
  onTracks(tracks: RemoteTrack[]): void;
  onTrouble(error: unknown): void;
}

const TRIES = 3;
const RETRY_MS = 1_500;

/** The voices this device hears: one consumer for each producer that the room names, and no other. */
export class Ears {
  readonly #options: EarsOptions;
  readonly #consumers = new Map<string, { consumer: types.Consumer; voice: Voice }>();
  readonly #fetching = new Set<string>();
  #wanted: ReadonlyMap<string, Voice> = new Map();
  #closed = false;

  constructor(options: EarsOptions) {
    this.#options = options;
  }

  sync(wanted: ReadonlyMap<string, Voice>): void {
    this.#wanted = wanted;
    for (const [producerId, { consumer }] of this.#consumers) {
      if (wanted.has(producerId)) continue;
      this.#consumers.delete(producerId);
      consumer.close();
    }
    for (const [producerId, voice] of wanted) void this.#fetch(producerId, voice);
    this.#tell();
  }

  /** The consumer of any voice, to ask the room about. */
  anyConsumerId(): string | undefined {
    return this.#consumers.values().next().value?.consumer.id;
  }

  /** What the browser plays of one voice; undefined while it is not there. */
  playing(voice: Voice): RTCRtpSynchronizationSource[] | undefined {
    for (const each of this.#consumers.values())
      if (each.voice === voice) return each.consumer.rtpReceiver?.getSynchronizationSources();
    return undefined;
  }

  close(): void {
    this.#closed = true;
    this.#wanted = new Map();
    for (const { consumer } of this.#consumers.values()) consumer.close();
    this.#consumers.clear();
  }

  #isWanted(producerId: string): boolean {
    return !this.#closed && this.#wanted.has(producerId);
  }

  async #fetch(producerId: string, voice: Voice): Promise<void> {
    if (this.#consumers.has(producerId) || this.#fetching.has(producerId)) return;
    this.#fetching.add(producerId);
    try {
      for (let attempt = 1; this.#isWanted(producerId); attempt++) {
        try {
          await this.#consume(producerId, voice);
          return;
        } catch (error) {
          // Its owner left between the news and the question: the next `room:state` will not name it.
          if (error instanceof AppError && error.code === 'media-not-found') return;
          if (attempt >= TRIES) {
            if (this.#isWanted(producerId)) this.#options.onTrouble(error);
            return;
          }
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    } finally {
      this.#fetching.delete(producerId);
    }
  }

  /** Made once, then let flow; a second try after a failure only does what is left to do. */
  async #consume(producerId: string, voice: Voice): Promise<void> {
    const { request } = this.#options;
    const consumer = this.#consumers.get(producerId)?.consumer ?? (await this.#make(producerId));
    if (!this.#isWanted(producerId)) return consumer.close();
    if (!this.#consumers.has(producerId)) {
      this.#consumers.set(producerId, { consumer, voice });
      this.#tell();
    }
    await request('media:resume', { consumerId: consumer.id });
  }

  async #make(producerId: string): Promise<types.Consumer> {
    const { request, transport, rtpCapabilities } = this.#options;
    const remote = await request('media:consume', {
      transportId: transport.id,
      producerId,
      rtpCapabilities: toWire(rtpCapabilities),
    });
    return transport.consume({
      id: remote.id,
      producerId: remote.producerId,
      kind: remote.kind,
      rtpParameters: fromWire(remote.rtpParameters),
      // Chrome plays tracks of one stream in step: separate streams keep one late voice from delaying the others.
      streamId: `voice-${producerId}`,
    });
  }

  #tell(): void {
    this.#options.onTracks(
      [...this.#consumers].map(([producerId, { consumer, voice }]) => ({
        producerId,
        voice,
        track: consumer.track,
      })),
    );
  }
}
