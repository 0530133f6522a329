import type { Log } from '@parley/kit/log';
import {
  type Clock,
  type LinkChange,
  type LinkFactory,
  LinkRefused,
  type LinkSettings,
  type RealtimeLink,
} from './ports.ts';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** A link that lived this long was a good one: its end is a new story, tried again without much delay. */
const PROVEN_MS = 10_000;

type KeeperState =
  | { at: 'idle' }
  | { at: 'connecting'; attempt: number; abort: AbortController }
  | { at: 'live'; link: RealtimeLink; sinceMs: number; attempt: number }
  | { at: 'waiting'; undo: () => void }
  | { at: 'closed' };

export interface LinkLoss {
  message: string;
  retryInMs: number;
  /** The provider's time limit for a session, not a fault. */
  expired: boolean;
}

export interface LinkKeeperOptions {
  connect: LinkFactory;
  settings: LinkSettings;
  clock: Clock;
  log: Log;
  random: () => number;
  up(link: RealtimeLink): void;
  down(loss: LinkLoss): void;
  /** A link that is there already, for one that was lost. */
  spare?(): RealtimeLink | undefined;
}

/** Keeps one link to the provider: makes it, notices its end, makes the next one after a growing pause. */
export class LinkKeeper {
  readonly #options: LinkKeeperOptions;
  #settings: LinkSettings;
  /** What the second link was made with. */
  #secondSettings: LinkSettings | undefined;
  #state: KeeperState = { at: 'idle' };

  constructor(options: LinkKeeperOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** The link of this moment. After every await and in every callback: is it still this one? */
  get link(): RealtimeLink | undefined {
    return this.#state.at === 'live' ? this.#state.link : undefined;
  }

  start(): void {
    if (this.#state.at === 'idle') this.#begin(0);
  }

  /** For the link of this moment and for those to come. */
  configure(change: LinkChange): void {
    this.#settings = { ...this.#settings, ...change };
    this.link?.configure(change);
  }

  /** The link lives but is of no use: treated as lost. */
  drop(message: string): void {
    const state = this.#state;
    if (state.at !== 'live') return;
    this.#lose(state, { message, expired: false });
    state.link.close(message);
  }

  /** One more link beside the one of this moment, for `replace` or as a spare. The caller owns it until then. */
  second(signal: AbortSignal): Promise<RealtimeLink> {
    this.#secondSettings = this.#settings;
    return this.#options.connect(this.#settings, signal);
  }

  /** `next` is the link from now on. Returns the former one, which lives on and belongs to the caller. */
  replace(next: RealtimeLink): RealtimeLink | undefined {
    const state = this.#state;
    if (state.at !== 'live') return undefined;
    this.#renew(next);
    this.#hold(next, 0);
    return state.link;
  }

  /** Ends the link without a word, until the next `start`. */
  rest(reason: string): void {
    if (this.#state.at === 'closed') return;
    this.close(reason);
    this.#state = { at: 'idle' };
  }

  close(reason: string): void {
    const state = this.#state;
    if (state.at === 'closed') return;
    this.#state = { at: 'closed' };
    if (state.at === 'waiting') state.undo();
    if (state.at === 'connecting') state.abort.abort();
    if (state.at === 'live') state.link.close(reason);
  }

  #begin(attempt: number): void {
    this.#connect(attempt).catch((error: unknown) =>
      this.#options.log.error({ err: error }, 'provider link mishandled'),
    );
  }

  async #connect(attempt: number): Promise<void> {
    const state = { at: 'connecting', attempt, abort: new AbortController() } as const;
    this.#state = state;
    let link: RealtimeLink;
    const settings = this.#settings;
    try {
      link = await this.#options.connect(settings, state.abort.signal);
    } catch (error) {
      if (this.#state === state) this.#refused(error, attempt);
      return;
    }
    if (this.#state !== state) link.close('The room does not need this connection any more.');
    else if (link.closed) this.#retry(attempt, link.closed.message, false);
    else {
      if (settings !== this.#settings) link.configure(changeable(this.#settings));
      this.#take(link, attempt);
    }
  }

  #refused(error: unknown, attempt: number): void {
    this.#options.log.warn({ err: error, attempt }, 'provider link refused');
    const known = error instanceof LinkRefused;
    const message = known ? error.message : 'The voice provider cannot be reached.';
    this.#retry(attempt, message, known && error.hopeless);
  }

  #take(link: RealtimeLink, attempt: number): void {
    this.#hold(link, attempt);
    this.#options.up(link);
  }

  /** A second link may have waited while the settings changed. */
  #renew(second: RealtimeLink): void {
    if (this.#secondSettings !== this.#settings) second.configure(changeable(this.#settings));
  }

  #hold(link: RealtimeLink, attempt: number): void {
    const state = { at: 'live', link, sinceMs: this.#options.clock.now(), attempt } as const;
    this.#state = state;
    link.events.once('closed', ({ code, message }) => {
      if (this.#state === state) this.#lose(state, { message, expired: code === 'expired' });
    });
  }

  #lose(
    { sinceMs, attempt }: Extract<KeeperState, { at: 'live' }>,
    { message, expired }: { message: string; expired: boolean },
  ): void {
    const spare = this.#options.spare?.();
    if (spare) {
      const state = { at: 'waiting', undo: () => undefined } as const;
      this.#state = state;
      this.#options.down({ message, expired, retryInMs: 0 });
      if (this.#state !== state) return spare.close('The room has closed.');
      this.#renew(spare);
      return this.#take(spare, attempt);
    }
    const proven = this.#options.clock.now() - sinceMs >= PROVEN_MS;
    if (proven && expired) this.#wait(0, 0, { message, expired });
    else this.#retry(proven ? 0 : attempt, message, false, expired);
  }

  #retry(attempt: number, message: string, hopeless: boolean, expired = false): void {
    const fullMs = hopeless ? LAST_RETRY_MS : Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS);
    // Half of it is left to chance, so that the rooms of a mixer do not all come back in the same moment.
    const delayMs = Math.round(fullMs * (0.5 + this.#options.random() / 2));
    this.#wait(delayMs, attempt + 1, { message, expired });
  }

  #wait(retryInMs: number, attempt: number, loss: { message: string; expired: boolean }): void {
    const undo = this.#options.clock.after(retryInMs, () => this.#begin(attempt));
    this.#state = { at: 'waiting', undo };
    this.#options.down({ ...loss, retryInMs });
  }
}

const changeable = ({ tools, turnDetection }: LinkSettings): LinkChange => ({ tools, turnDetection });
