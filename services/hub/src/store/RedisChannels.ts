import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import type { Channels } from '../session/ports.ts';

/** Channels over two connections: a subscribed one may not publish. It owns neither. */
export class RedisChannels implements Channels {
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #handlers = new Map<string, ((message: string) => void)[]>();
  readonly #resumed: (() => void)[] = [];

  constructor(publisher: Redis, subscriber: Redis, log: Log) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    subscriber.on('message', (channel, message) => {
      for (const handler of this.#handlers.get(channel) ?? []) {
        try {
          handler(message);
        } catch (error) {
          log.error({ err: error, channel }, 'message not handled');
        }
      }
    });
    let away = false;
    subscriber.on('close', () => (away = true));
    // ioredis subscribes again before it says `ready`.
    subscriber.on('ready', () => {
      if (!away) return;
      away = false;
      for (const handler of this.#resumed) handler();
    });
  }

  async subscribe(channel: string, handler: (message: string) => void): Promise<void> {
    const handlers = this.#handlers.get(channel);
    if (handlers) {
      handlers.push(handler);
      return;
    }
    this.#handlers.set(channel, [handler]);
    await this.#subscriber.subscribe(channel);
  }

  publish(channel: string, message: string): Promise<number> {
    return this.#publisher.publish(channel, message);
  }

  onResumed(handler: () => void): void {
    this.#resumed.push(handler);
  }
}
