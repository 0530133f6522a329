import { keys, type MixerId, type MixerSignal } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import { FLUSH_WITHIN_MS } from '../room/roomPorts.ts';
import type { Rooms, RoomsEvents } from '../room/Rooms.ts';

export interface HubSignalsOptions {
  mixerId: MixerId;
  rooms: Pick<Rooms, 'events' | 'has'>;
  facts: { flushed(withinMs: number): Promise<void> };
  redis: Redis;
  log: Log;
}

/** Tells every hub what happened in the rooms by itself. */
export class HubSignals {
  readonly #options: HubSignalsOptions;
  readonly #sending = new Set<Promise<void>>();
  readonly #onGone = (...[sessionId, participantId, reason]: RoomsEvents['gone']) =>
    this.#send(() => ({
      type: 'participant:gone',
      mixerId: this.#options.mixerId,
      sessionId,
      participantId,
      reason,
    }));
  readonly #onClosed = (...[sessionId, reason, epoch]: RoomsEvents['closed']) =>
    this.#send(async () => {
      await this.#options.facts.flushed(FLUSH_WITHIN_MS);
      // A hub may have noticed by itself, and asked for a new one here.
      if (this.#options.rooms.has(sessionId)) return undefined;
      return { type: 'room:closed', mixerId: this.#options.mixerId, sessionId, epoch, reason };
    });

  constructor(options: HubSignalsOptions) {
    this.#options = options;
    options.rooms.events.on('gone', this.#onGone);
    options.rooms.events.on('closed', this.#onClosed);
  }

  /** Resolves when all that happened so far is told. */
  async told(): Promise<void> {
    await Promise.all(this.#sending);
  }

  async close(): Promise<void> {
    const { events } = this.#options.rooms;
    events.off('gone', this.#onGone);
    events.off('closed', this.#onClosed);
    await this.told();
  }

  #send(signal: () => MixerSignal | undefined | Promise<MixerSignal | undefined>): void {
    const { redis, log } = this.#options;
    const send = async () => {
      const said = await signal();
      if (said) await redis.publish(keys.mixerSignals, JSON.stringify(said));
    };
    const sending = send()
      .catch((error: unknown) => log.warn({ err: error }, 'signal not sent'))
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }
}
