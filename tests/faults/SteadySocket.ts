import { setTimeout as delay } from 'node:timers/promises';
import { PROTOCOL_VERSION, type SignalingReply } from '@parley/contract';
import { SignalingClient } from '../support/SignalingClient.ts';

const AGAIN_MS = 100;
const JOIN_MS = 4_000;
/** Later than any event: what was missed is read elsewhere, whole. */
const NO_EVENTS = 2_000_000_000;

export interface SteadySocketOptions {
  /** Tried in turn, beginning with the first. */
  urls: readonly string[];
  token: string;
  /** Whether there are media that the next join is to leave alone. */
  standing?: () => boolean;
  /** After each answered join; `reset`: the hub said that the room is another one than before. */
  onJoined?: (
    client: SignalingClient,
    reply: SignalingReply<'session:join'>,
    reset: boolean,
  ) => Promise<void>;
}

/** A seat's socket that comes back by itself, at whichever hub answers, and joins anew when the room was reset. */
export class SteadySocket {
  /** From each lost socket to the answered join, in ms. */
  readonly absencesMs: number[] = [];
  readonly #options: SteadySocketOptions;
  readonly #first = Promise.withResolvers<void>();
  #client: SignalingClient | undefined;
  #lostAt: number | undefined;
  #attempts = 0;
  #reset = Promise.withResolvers<'reset'>();
  #closed = false;

  private constructor(options: SteadySocketOptions) {
    this.#options = options;
  }

  /** Resolves after the first join. */
  static async open(options: SteadySocketOptions): Promise<SteadySocket> {
    const socket = new SteadySocket(options);
    void socket.#run();
    await socket.#first.promise;
    return socket;
  }

  /** Throws while there is none. */
  get client(): SignalingClient {
    if (!this.#client?.connected) throw new Error('No socket at the moment');
    return this.#client;
  }

  /** Joins again, as after `room:reset`. */
  rejoin(): void {
    this.#reset.resolve('reset');
  }

  close(): void {
    this.#closed = true;
    this.#client?.close();
  }

  async #run(): Promise<void> {
    const { urls, token } = this.#options;
    while (!this.#closed) {
      const url = urls[this.#attempts % urls.length] ?? '';
      this.#attempts += 1;
      try {
        this.#client = await SignalingClient.connect(url, token);
        await this.#stay(this.#client);
      } catch {
        this.#client?.close();
      }
      await delay(AGAIN_MS);
    }
  }

  /** Resolves when this socket is lost; rejects when it cannot join. */
  async #stay(client: SignalingClient): Promise<void> {
    const lost = new Promise<'lost'>((resolve) => {
      client.socket.once('disconnect', () => {
        this.#lostAt ??= performance.now();
        resolve('lost');
      });
    });
    this.#reset = Promise.withResolvers();
    client.socket.on('room:reset', () => this.rejoin());
    for (let wasReset = false; ; wasReset = true) {
      const resume = !wasReset && (this.#options.standing?.() ?? false);
      const body = { protocol: PROTOCOL_VERSION, afterSeq: NO_EVENTS, resume };
      const reply = await client.ask('session:join', body, JOIN_MS);
      if (this.#lostAt !== undefined) this.absencesMs.push(performance.now() - this.#lostAt);
      this.#lostAt = undefined;
      await this.#options.onJoined?.(client, reply, wasReset);
      this.#first.resolve();
      if ((await Promise.race([lost, this.#reset.promise])) === 'lost') return;
      this.#reset = Promise.withResolvers();
    }
  }
}
