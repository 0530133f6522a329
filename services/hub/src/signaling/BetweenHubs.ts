import { setImmediate } from 'node:timers/promises';
import { keys } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import { createAdapter } from '@socket.io/redis-streams-adapter';

/** Other hubs' messages are waited for so long at a time. */
const BLOCK_MS = 5_000;

/**
 * What one hub says to the sockets of another, through socket.io's adapter over Redis streams. The adapter opens two
 * connections of its own, waits for neither and forgets its subscription's promise; here it is waited for, and closing
 * does not turn it into a rejection that nobody handles.
 */
export class BetweenHubs {
  readonly adapter: ReturnType<typeof createAdapter>;
  readonly #opened: Redis[] = [];
  readonly #subscribed: Promise<unknown>[] = [];

  /** `redis` is for the adapter alone; its owner closes it, after this. */
  constructor(redis: Redis) {
    const duplicate = redis.duplicate.bind(redis);
    redis.duplicate = (override) => {
      const opened = duplicate(override);
      const subscribe = opened.subscribe.bind(opened) as (...channels: unknown[]) => Promise<unknown>;
      opened.subscribe = (...channels: unknown[]) => {
        const subscribed = subscribe(...channels);
        subscribed.catch(() => undefined);
        this.#subscribed.push(subscribed);
        return subscribed;
      };
      this.#opened.push(opened);
      return opened;
    };
    this.adapter = createAdapter(redis, {
      streamName: keys.socketStream,
      channelPrefix: keys.socketChannels,
      blockTimeInMs: BLOCK_MS,
      onlyPlaintext: true,
    });
  }

  /** Resolves when the other hubs can be heard: sockets may be accepted. */
  async ready(): Promise<void> {
    // The adapter subscribes a few ticks after it was made.
    await setImmediate();
    await Promise.all(this.#subscribed);
  }

  /** After the sockets' server, which tells the adapter to stop. */
  close(): void {
    for (const redis of this.#opened) redis.disconnect();
  }
}
