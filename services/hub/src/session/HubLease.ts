import type { Log } from '@parley/kit/log';
import type { SessionStore } from './ports.ts';

/** A hub that has not renewed its lease for so long is dead, and its sockets with it. */
export const HUB_LEASE_MS = 10_000;

/** Says that this hub lives, on a timer of its own: nothing else that it does may hold this up (H4). */
export class HubLease {
  readonly #store: Pick<SessionStore, 'renewHub' | 'forgetHub'>;
  readonly #hub: string;
  readonly #log: Log;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    store: Pick<SessionStore, 'renewHub' | 'forgetHub'>;
    hub: string;
    log: Log;
    now: () => number;
  }) {
    this.#store = options.store;
    this.#hub = options.hub;
    this.#log = options.log;
    this.#now = options.now;
  }

  async start(): Promise<void> {
    await this.#renew();
    this.#timer = setInterval(() => {
      this.#renew().catch((error: unknown) => this.#log.warn({ err: error }, 'hub lease not renewed'));
    }, HUB_LEASE_MS / 4);
  }

  /** After its sockets are gone: there is nothing left that others should look for. */
  close(): void {
    clearInterval(this.#timer);
    // Not waited for: without Redis it would never come, and the lease ends by itself.
    this.#store.forgetHub(this.#hub).catch(() => undefined);
  }

  #renew(): Promise<void> {
    return this.#store.renewHub(this.#hub, this.#now() + HUB_LEASE_MS);
  }
}
