import type { types } from 'mediasoup';
import type { Clock } from '../room/ports.ts';

/**
 * How long a device whose connections are all down may take to come back (by an ICE restart) until it counts as gone.
 * It comes on top of the consent timeout, by which mediasoup notices at all.
 */
export const GONE_AFTER_MS = 10_000;
/** Seconds without an ICE consent check until a connection counts as down (RFC 7675 section 5.1 says 30; a room should know sooner). */
export const ICE_CONSENT_SECONDS = 15;

type Link = Pick<types.WebRtcTransport, 'on' | 'iceState' | 'dtlsState' | 'closed'>;

/** Watches the transports of one device. `onGone` is called once all that were ever up have been down for long. */
export class TransportWatch {
  readonly #links = new Set<Link>();
  readonly #wasUp = new WeakSet<Link>();
  readonly #clock: Clock;
  readonly #onGone: () => void;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(clock: Clock, onGone: () => void) {
    this.#clock = clock;
    this.#onGone = onGone;
  }

  add(link: types.WebRtcTransport): void {
    this.#links.add(link);
    link.on('icestatechange', () => this.#look());
    link.on('dtlsstatechange', () => this.#look());
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    if (this.#closed) return;
    let known = false;
    let up = false;
    for (const link of this.#links) {
      if (link.closed) {
        this.#links.delete(link);
        continue;
      }
      const linkUp = isUp(link);
      if (linkUp) this.#wasUp.add(link);
      known ||= this.#wasUp.has(link) || link.dtlsState === 'failed';
      up ||= linkUp;
    }
    if (!known || up) {
      this.#cancel?.();
      this.#cancel = undefined;
      return;
    }
    this.#cancel ??= this.#clock.after(GONE_AFTER_MS, () => {
      if (!this.#closed) this.#onGone();
    });
  }
}

const isUp = ({ iceState, dtlsState }: Link): boolean =>
  (iceState === 'connected' || iceState === 'completed') && dtlsState !== 'failed' && dtlsState !== 'closed';
