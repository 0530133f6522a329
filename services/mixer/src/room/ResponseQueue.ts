import type { Clock } from './ports.ts';
import { RecentIds } from './RecentIds.ts';

/** What the provider says when we ask while another response is writing to the conversation. */
export const ALREADY_ACTIVE = 'conversation_already_has_active_response';
/** What it says to a cancel that crossed the end of the response. */
export const NOT_ACTIVE = 'response_cancel_not_active';

/** Without news for this long a response in flight is given up: it is made faster than real time, so this is very long. */
export const STUCK_MS = 30_000;
/** A wish that outlived this while the link was away is dropped: nobody waits for that answer any more. */
export const STALE_MS = 60_000;
const RETRY_MS = 500;
const MAX_RETRIES = 20;

type Flight =
  | { at: 'idle' }
  /** Asked for, not confirmed. `cancel`: to be cancelled as soon as its ID is known. */
  | { at: 'asked'; cancel: boolean }
  | { at: 'active'; responseId: string; cancelled: boolean }
  /** The provider is busy with a response that is not ours; ours waits for its end, or for a retry. */
  | { at: 'blocked'; undo: () => void };

export interface ResponseQueueEffects {
  create(): void;
  cancel(responseId: string): void;
  /** Nothing was heard for STUCK_MS, or the provider stays busy: the link is of no use any more. */
  stuck(): void;
}

/**
 * One response at a time: at most one in flight and one more wanted, however often it is asked for (many wishes make
 * one answer). Knows no socket; the provider's words come in as calls, each harmless when repeated or late.
 */
export class ResponseQueue {
  readonly #clock: Clock;
  readonly #effects: ResponseQueueEffects;
  readonly #over = new RecentIds(100);
  #flight: Flight = { at: 'idle' };
  #wantedAt: number | undefined;
  #held = false;
  #online = false;
  #retries = 0;
  #newsAt = 0;
  #undoWatch: (() => void) | undefined;

  constructor(clock: Clock, effects: ResponseQueueEffects) {
    this.#clock = clock;
    this.#effects = effects;
  }

  /** A response was asked for and may still be heard. */
  get busy(): boolean {
    const flight = this.#flight;
    if (flight.at === 'asked') return !flight.cancel;
    return flight.at === 'blocked' || (flight.at === 'active' && !flight.cancelled);
  }

  /** A response was asked for, wanted or not, and the provider has not told its end. */
  get flying(): boolean {
    return this.#flight.at === 'asked' || this.#flight.at === 'active';
  }

  get responseId(): string | undefined {
    return this.#flight.at === 'active' ? this.#flight.responseId : undefined;
  }

  /** Somebody waits for an answer that was not asked for yet. */
  get wanted(): boolean {
    return this.#wantedAt !== undefined;
  }

  request(): void {
    this.#wantedAt ??= this.#clock.now();
    this.#pump();
  }

  /** While held (somebody is speaking) nothing is asked for. */
  hold(held: boolean): void {
    this.#held = held;
    this.#pump();
  }

  /** Forgets what was wanted and cancels what is in flight. */
  cancel(): void {
    this.#wantedAt = undefined;
    const flight = this.#flight;
    if (flight.at === 'asked') flight.cancel = true;
    else if (flight.at === 'blocked') this.#become({ at: 'idle' });
    else if (flight.at === 'active' && !flight.cancelled) {
      flight.cancelled = true;
      this.#effects.cancel(flight.responseId);
    }
  }

  /** Nobody waits for an answer any more. What is in flight goes on. */
  forget(): void {
    this.#wantedAt = undefined;
  }

  /** Also for any other sign of life of a response, whose `response.created` may have been lost. */
  created(responseId: string): void {
    if (this.#over.has(responseId)) return;
    this.#newsAt = this.#clock.now();
    const flight = this.#flight;
    if (flight.at === 'active' && flight.responseId === responseId) return;
    const cancelled = flight.at === 'asked' && flight.cancel;
    this.#become({ at: 'active', responseId, cancelled });
    if (cancelled) this.#effects.cancel(responseId);
  }

  done(responseId: string): void {
    const known = !this.#over.add(responseId);
    if (known) return;
    const flight = this.#flight;
    if (flight.at === 'active' && flight.responseId !== responseId) return;
    this.#become({ at: 'idle' });
    this.#pump();
  }

  /** The provider refused a call. True when that is a race which is settled here, and no news for people. */
  rejected(code: string, ofCreate: boolean): boolean {
    const flight = this.#flight;
    if (code === ALREADY_ACTIVE) {
      if (flight.at === 'asked') this.#block(flight.cancel);
      return true;
    }
    if (code === NOT_ACTIVE) {
      if (flight.at === 'active' && flight.cancelled) this.done(flight.responseId);
      return true;
    }
    if (ofCreate && flight.at === 'asked') {
      this.#become({ at: 'idle' });
      this.#pump();
    }
    return false;
  }

  /** `again`: what was in flight is wanted again once there is a link. */
  goOffline(again: boolean): void {
    const flying = this.busy;
    this.#online = false;
    this.#held = false;
    this.#become({ at: 'idle' });
    if (again && flying) this.#wantedAt ??= this.#clock.now();
  }

  goOnline(): void {
    this.#online = true;
    this.#retries = 0;
    if (this.#wantedAt !== undefined && this.#clock.now() - this.#wantedAt > STALE_MS)
      this.#wantedAt = undefined;
    this.#pump();
  }

  #pump(): void {
    if (!this.#online || this.#held || this.#flight.at !== 'idle' || this.#wantedAt === undefined) return;
    this.#wantedAt = undefined;
    this.#newsAt = this.#clock.now();
    this.#become({ at: 'asked', cancel: false });
    this.#effects.create();
  }

  #block(cancelled: boolean): void {
    this.#retries += 1;
    if (this.#retries > MAX_RETRIES) {
      this.#effects.stuck();
      return;
    }
    if (!cancelled) this.#wantedAt ??= this.#clock.now();
    const undo = this.#clock.after(RETRY_MS, () => {
      this.#become({ at: 'idle' });
      this.#pump();
    });
    this.#become({ at: 'blocked', undo });
  }

  #become(flight: Flight): void {
    if (this.#flight.at === 'blocked') this.#flight.undo();
    this.#flight = flight;
    if (flight.at === 'active') this.#retries = 0;
    const watched = flight.at === 'asked' || flight.at === 'active';
    if (watched) this.#undoWatch ??= this.#clock.after(STUCK_MS, () => this.#watch());
    else {
      this.#undoWatch?.();
      this.#undoWatch = undefined;
    }
  }

  #watch(): void {
    const quietMs = this.#clock.now() - this.#newsAt;
    if (quietMs >= STUCK_MS) {
      this.#undoWatch = undefined;
      this.#effects.stuck();
    } else this.#undoWatch = this.#clock.after(STUCK_MS - quietMs, () => this.#watch());
  }
}
