import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { Microphone, MicrophoneEvents } from '../room/mediaPorts.ts';

const AUDIO_LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

/** Where producers are tapped, and which there are now: mediasoup reports a wish for one that has just left as an error. */
export interface TapHome {
  readonly router: types.Router;
  readonly direct: types.DirectTransport;
  readonly producerIds: Set<string>;
}

/** A producer, and a consumer on the room's DirectTransport that brings its packets into this process. */
export class RouterMicrophone implements Microphone {
  readonly events = new EventEmitter<MicrophoneEvents>();
  readonly #producer: types.Producer;
  readonly #tap: types.Consumer;
  #closed = false;

  protected constructor(producer: types.Producer, tap: types.Consumer) {
    this.#producer = producer;
    this.#tap = tap;
    tap.on('rtp', (packet) => this.events.emit('rtp', packet));
    // A producer closes with its transport, its router or its worker, too.
    producer.observer.once('close', () => this.close());
  }

  static async open(producer: types.Producer, home: TapHome): Promise<RouterMicrophone> {
    return new RouterMicrophone(producer, await openTap(producer, home));
  }

  get producerId(): string {
    return this.#producer.id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get levelExtensionId(): number | undefined {
    return this.#tap.rtpParameters.headerExtensions?.find(({ uri }) => uri === AUDIO_LEVEL_URI)?.id;
  }

  async setMuted(muted: boolean): Promise<void> {
    if (this.#closed) return;
    await (muted ? this.#producer.pause() : this.#producer.resume());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#tap.close();
    this.#producer.close();
    this.events.emit('closed');
  }
}

/** Closes the producer when it cannot be tapped: nobody may be heard by people and not by the mixer. */
export async function openTap(
  producer: types.Producer,
  { direct, router, producerIds }: TapHome,
): Promise<types.Consumer> {
  producerIds.add(producer.id);
  producer.observer.once('close', () => producerIds.delete(producer.id));
  try {
    return await direct.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });
  } catch (error) {
    producer.close();
    throw error;
  }
}
