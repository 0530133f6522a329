import type { Log } from '@parley/kit/log';
import type { Clock, RealtimeLink } from './ports.ts';
import { LOOK_MS, isSeam, type Moment, planSeam, type SeamPlan, type SeamReason } from './seam.ts';

/** The old link is listened to for so long at least: what it heard last, it tells a little later. */
const DRAIN_AT_LEAST_MS = 1_500;
/** And for so long at most. What it has not told by then is lost, and said to be. */
const DRAIN_AT_MOST_MS = 30_000;
const RETRY_MS = 5_000;
/** A new link is not replaced for what the conversation costs: its context is as small as it can be. */
const FRESH_MS = 120_000;

/**
 * resting: no link · steady: one link carries the conversation · warming: the next one is being made · ready: it waits
 * for its moment · draining: it has taken over, and the old one finishes what it began.
 */
type State =
  | { at: 'resting' }
  | { at: 'steady' }
  | { at: 'warming'; reason: SeamReason; abort: AbortController }
  | { at: 'ready'; reason: SeamReason; next: RealtimeLink; madeMs: number }
  | { at: 'draining'; old: RealtimeLink; sinceMs: number };

export interface RollOverOptions {
  clock: Clock;
  log: Log;
  /** A link is replaced at this age, or a little before its provider ends it. */
  afterMs: number;
  connect: (signal: AbortSignal) => Promise<RealtimeLink>;
  /** Puts down in short what is too old to be told word for word. Never rejects, and does not take long. */
  compact: () => Promise<void>;
  moment: () => Moment;
  /** `next` carries the conversation from this frame on. Returns the former link, now to be drained. */
  handOver: (next: RealtimeLink, reason: SeamReason) => RealtimeLink | undefined;
  /** Asked again and again: helps the old link along, and says whether it owes nothing any more. */
  drained: () => boolean;
  /** What the old link still owes is lost. Called once at the end of draining, also when nothing was owed. */
  endDrain: () => void;
}

/** Replaces a link that grows old by a second one, without a gap: makes it in time, chooses the moment, ends the old one. */
export class RollOver {
  readonly #options: RollOverOptions;
  #state: State = { at: 'resting' };
  #plan: SeamPlan = { dueMs: Infinity, deadlineMs: Infinity };
  /** When the present link was made. */
  #sinceMs = 0;
  #undoDue: (() => void) | undefined;
  #undoLook: (() => void) | undefined;

  constructor(options: RollOverOptions) {
    this.#options = options;
  }

  get at(): State['at'] {
    return this.#state.at;
  }

  /** A link has come up by itself: nothing is known of another one. */
  begin(link: RealtimeLink): void {
    this.stop();
    this.#settle(link, this.#options.clock.now());
  }

  /** The link is gone: whatever was under way is given up. Harmless when there was none. */
  stop(): void {
    const state = this.#state;
    this.#become({ at: 'resting' });
    this.#undoDue?.();
    this.#undoDue = undefined;
    if (state.at === 'warming') state.abort.abort();
    if (state.at === 'ready') state.next.close('The conversation does not need this connection any more.');
    if (state.at === 'draining') this.#finishDrain(state.old);
  }

  /** The link that waits for its moment, for one that died before. Whoever takes it owns it. */
  spare(): RealtimeLink | undefined {
    const state = this.#state;
    if (state.at !== 'ready' || state.next.closed) return undefined;
    this.#become({ at: 'steady' });
    return state.next;
  }

  /** The conversation has become long and dear: time for a shorter one. */
  lighten(): void {
    if (this.#state.at === 'steady' && this.#ageMs >= FRESH_MS) this.#warm('cost');
  }

  get #ageMs(): number {
    return this.#options.clock.now() - this.#sinceMs;
  }

  /** The link of now, and when it is to be replaced: its life began when it was made, not when it took over. */
  #settle(link: RealtimeLink, madeMs: number, state: State = { at: 'steady' }): void {
    const { clock, afterMs } = this.#options;
    this.#sinceMs = madeMs;
    this.#plan = planSeam(link.expiresInMs, afterMs);
    this.#become(state);
    this.#undoDue?.();
    this.#undoDue = clock.after(Math.max(0, this.#plan.dueMs - this.#ageMs), () => this.#due());
  }

  #due(): void {
    if (this.#state.at === 'draining') this.#endDraining(this.#state.old);
    if (this.#state.at === 'steady') this.#warm('age');
  }

  #warm(reason: SeamReason): void {
    const abort = new AbortController();
    const state = { at: 'warming', reason, abort } as const;
    this.#become(state);
    this.#make(state).catch((error: unknown) =>
      this.#options.log.error({ err: error }, 'roll-over mishandled'),
    );
  }

  async #make(state: Extract<State, { at: 'warming' }>): Promise<void> {
    const { log, connect, compact } = this.#options;
    let next: RealtimeLink;
    try {
      [next] = await Promise.all([connect(state.abort.signal), compact()]);
    } catch (error) {
      if (this.#state !== state) return;
      log.warn({ err: error }, 'next provider link refused');
      this.#tryLater();
      return;
    }
    if (this.#state !== state) return next.close('The conversation does not need this connection any more.');
    log.info({ reason: state.reason }, 'next provider link ready');
    this.#become({ at: 'ready', reason: state.reason, next, madeMs: this.#options.clock.now() });
    this.#look();
  }

  #look(): void {
    const { clock } = this.#options;
    const state = this.#state;
    if (state.at === 'ready') this.#lookForSeam(state);
    else if (state.at === 'draining') this.#lookAtOld(state);
    if (this.#state.at === 'ready' || this.#state.at === 'draining')
      this.#undoLook = clock.after(LOOK_MS, () => this.#look());
  }

  #lookForSeam(state: Extract<State, { at: 'ready' }>): void {
    const { next, reason, madeMs } = state;
    const { clock, moment, handOver } = this.#options;
    if (next.closed) return this.#tryLater();
    const pressMs = (this.#plan.deadlineMs - this.#plan.dueMs) / 4;
    if (!isSeam(moment(), this.#plan.deadlineMs - this.#ageMs, pressMs)) return;
    const old = handOver(next, reason);
    // What that told others may have ended everything.
    if (this.#state !== state) return old?.close('The room has closed.');
    this.#settle(next, madeMs, old ? { at: 'draining', old, sinceMs: clock.now() } : { at: 'steady' });
  }

  /** The old link lives on. If it comes to its end first, it is replaced like one that was lost. */
  #tryLater(): void {
    this.#become({ at: 'steady' });
    this.#undoDue?.();
    this.#undoDue = this.#options.clock.after(RETRY_MS, () => this.#due());
  }

  #lookAtOld({ old, sinceMs }: Extract<State, { at: 'draining' }>): void {
    const ageMs = this.#options.clock.now() - sinceMs;
    const drained = this.#options.drained() && ageMs >= DRAIN_AT_LEAST_MS;
    if (drained || old.closed || ageMs >= DRAIN_AT_MOST_MS) this.#endDraining(old);
  }

  #endDraining(old: RealtimeLink): void {
    this.#become({ at: 'steady' });
    this.#finishDrain(old);
  }

  #finishDrain(old: RealtimeLink): void {
    this.#options.endDrain();
    old.close('The conversation goes on over another connection.');
  }

  #become(state: State): void {
    this.#undoLook?.();
    this.#undoLook = undefined;
    this.#state = state;
  }
}
