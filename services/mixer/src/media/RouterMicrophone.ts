import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { Wing } from './Wing.ts';
import type { Microphone, MicrophoneEvents } from '../room/mediaPorts.ts';

const AUDIO_LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

/**
 * A producer, and a consumer on its wing's DirectTransport that brings its packets into this process, unless they come
 * from here.
 */
export class RouterMicrophone implements Microphone {
  readonly events = new EventEmitter<MicrophoneEvents>();
  readonly #producer: types.Producer;
  readonly #tap: types.Consumer | undefined;
  #closed = false;

  protected constructor(producer: types.Producer, tap: types.Consumer | undefined) {
    this.#producer = producer;
    this.#tap = tap;
    tap?.on('rtp', (packet) => this.events.emit('rtp', packet));
    // A producer closes with its transport, its router or its worker, too.
    producer.observer.once('close', () => this.close());
  }

  static async open(producer: types.Producer, wing: Wing): Promise<RouterMicrophone> {
    return new RouterMicrophone(producer, await openTap(producer, wing));
  }

  get producerId(): string {
    return this.#producer.id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get levelExtensionId(): number | undefined {
    return this.#tap?.rtpParameters.headerExtensions?.find(({ uri }) => uri === AUDIO_LEVEL_URI)?.id;
  }

  async setMuted(muted: boolean): Promise<void> {
    if (this.#closed) return;
    await (muted ? this.#producer.pause() : this.#producer.resume());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#tap?.close();
    this.#producer.close();
    this.events.emit('closed');
  }
}

/** Closes the producer when it cannot be tapped: nobody may be heard by people and not by the mixer. */
export async function openTap(producer: types.Producer, wing: Wing): Promise<types.Consumer> {
  wing.keep(producer);
  try {
    const { rtpCapabilities } = wing.router;
    return await wing.direct.consume({ producerId: producer.id, rtpCapabilities });
  } catch (error) {
    producer.close();
    throw error;
  }
}
