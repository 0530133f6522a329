import { DATA_CHANNEL_LABEL } from '@parley/contract';
import type { types } from 'mediasoup';
import { toMediaError } from './mediaError.ts';
import type { MediaWorker } from './MediaWorker.ts';
import { ROUTER_CODECS } from './opusParameters.ts';

/** Where each of a room's producers was made. */
export type Producers = Map<string, types.Router>;

/**
 * The part of a room that is on one worker: a router with its way into this process and its data broadcast. What is
 * produced in another wing is piped here when somebody here wants to hear it.
 */
export class Wing {
  readonly worker: MediaWorker;
  readonly router: types.Router;
  readonly direct: types.DirectTransport;
  /** The data producer that every device in this wing consumes. */
  readonly downward: types.DataProducer;
  readonly producers: Producers;
  readonly #piped = new Map<string, Promise<unknown>>();

  private constructor(
    worker: MediaWorker,
    direct: types.DirectTransport,
    { router, producers, downward }: Pick<Wing, 'router' | 'producers' | 'downward'>,
  ) {
    this.worker = worker;
    this.router = router;
    this.direct = direct;
    this.downward = downward;
    this.producers = producers;
    worker.wings += 1;
    router.observer.once('close', () => (worker.wings -= 1));
  }

  static async open(worker: MediaWorker, producers: Producers): Promise<Wing> {
    const router = await worker.createRouter(ROUTER_CODECS);
    try {
      const direct = await router.createDirectTransport();
      const downward = await direct.produceData({ label: DATA_CHANNEL_LABEL });
      return new Wing(worker, direct, { router, producers, downward });
    } catch (error) {
      router.close();
      throw error;
    }
  }

  get server(): types.WebRtcServer {
    return this.worker.server;
  }

  /** Makes a producer of any wing one that can be consumed here, once. False when there is none (any more). */
  async bring(producerId: string): Promise<boolean> {
    const home = this.producers.get(producerId);
    if (!home) return false;
    if (home === this.router) return true;
    const piping = this.#piped.get(producerId) ?? home.pipeToRouter({ producerId, router: this.router });
    this.#piped.set(producerId, piping);
    try {
      await piping;
    } catch (error) {
      this.#piped.delete(producerId);
      if (!this.producers.has(producerId)) return false;
      throw toMediaError(error);
    }
    return true;
  }

  /** A producer of this room, made in this wing. */
  keep(producer: types.Producer): void {
    this.producers.set(producer.id, this.router);
    producer.observer.once('close', () => this.producers.delete(producer.id));
  }

  close(): void {
    this.router.close();
  }
}
