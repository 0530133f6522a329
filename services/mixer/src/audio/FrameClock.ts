import { FRAME_MS } from '@parley/contract';
import { LatenessHistogram } from './LatenessHistogram.ts';

/** `nowMs` is the moment at which this frame was due, on the clock's own time: exactly 20 ms after the one before. */
export type Tick = (nowMs: number) => void;

export interface FrameClockOptions {
  /** A monotonic clock, ms. */
  now?: () => number;
  /** Calls back once after `delayMs`, at 0 when what has arrived was read; returns how to undo that. */
  schedule?: (callback: () => void, delayMs: number) => () => void;
  /** Frames that one wake makes up for; older ones are skipped and counted. */
  maxCatchUp?: number;
  /** Called before the ticks of each wake. */
  onWake?: () => void;
  /** A tick that throws is removed and told here. Without it the error goes uncaught. */
  onError?: (error: unknown) => void;
}

export interface FrameClockStats {
  /** Frames that were ticked (each thing added counts), and frames that were given up. */
  ticks: number;
  skipped: number;
  /** How late recent wakes were, ms. */
  latenessP50Ms: number;
  latenessP99Ms: number;
}

/** Rooms are spread over the frame, so that a hundred of them do not make each other wait. */
const SLOTS = 4;
/** So many more may be in one slot than in another. */
const UNEVEN = 2;
/** Whoever wakes later than this was held up, and so were packets: they lie in their sockets, and are read first. */
const HELD_UP_MS = 3;

interface Slot {
  readonly offsetMs: number;
  readonly ticks: Set<Tick>;
  dueMs: number;
}

/** The one timer of a mixer process: ticks everything that was added every 20 ms, and sleeps when nothing is. */
export class FrameClock {
  readonly #now: () => number;
  readonly #schedule: (callback: () => void, delayMs: number) => () => void;
  readonly #maxCatchUp: number;
  readonly #onWake: (() => void) | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #slots: readonly Slot[];
  readonly #lateness = new LatenessHistogram();
  #ticks = 0;
  #skipped = 0;
  #cancel: (() => void) | undefined;
  #ticking = false;
  #letRead = false;

  constructor({ now, schedule, maxCatchUp = 25, onWake, onError }: FrameClockOptions = {}) {
    this.#now = now ?? (() => performance.now());
    this.#schedule = schedule ?? scheduleTimeout;
    this.#maxCatchUp = maxCatchUp;
    this.#onWake = onWake;
    this.#onError = onError ?? throwUncaught;
    this.#slots = Array.from({ length: SLOTS }, (_, index) => ({
      offsetMs: (index * FRAME_MS) / SLOTS,
      ticks: new Set<Tick>(),
      dueMs: 0,
    }));
  }

  /**
   * Ticks from now on, until the returned function is called (harmless twice). A tick may add and remove. With `aheadMs`
   * one of the ticks is so long from now, or a little later, as far as the slots stay even.
   */
  add(tick: Tick, aheadMs?: number): () => void {
    // One entry per call, so that adding the same function twice ticks twice and each undo removes its own.
    const entry: Tick = (nowMs) => tick(nowMs);
    const nowMs = this.#now();
    const slot = aheadMs === undefined ? this.#emptiest() : this.#following(nowMs + aheadMs);
    if (slot.ticks.size === 0) {
      const periods = Math.floor((nowMs - slot.offsetMs) / FRAME_MS) + 1;
      slot.dueMs = slot.offsetMs + periods * FRAME_MS;
    }
    slot.ticks.add(entry);
    this.#arm();
    return () => {
      if (slot.ticks.delete(entry)) this.#arm();
    };
  }

  #emptiest(): Slot {
    return this.#slots.reduce((least, other) => (other.ticks.size < least.ticks.size ? other : least));
  }

  /** The slot that comes next after a moment, among those that are not much fuller than the emptiest. */
  #following(atMs: number): Slot {
    const most = this.#emptiest().ticks.size + UNEVEN;
    const afterMs = ({ offsetMs }: Slot) => (((offsetMs - atMs) % FRAME_MS) + FRAME_MS) % FRAME_MS;
    return this.#slots
      .filter(({ ticks }) => ticks.size <= most)
      .reduce((next, other) => (afterMs(other) < afterMs(next) ? other : next));
  }

  get stats(): FrameClockStats {
    return {
      ticks: this.#ticks,
      skipped: this.#skipped,
      latenessP50Ms: this.#lateness.quantile(0.5),
      latenessP99Ms: this.#lateness.quantile(0.99),
    };
  }

  /** How late each wake since the start was, as `LatenessHistogram.total` tells it. */
  lateness(boundsMs: readonly number[]): ReturnType<LatenessHistogram['total']> {
    return this.#lateness.total(boundsMs);
  }

  /** Forgets everything that was added and stops. */
  close(): void {
    for (const slot of this.#slots) slot.ticks.clear();
    this.#arm();
  }

  /** Sets the timer to the next frame that is due, or to nothing. During a wake this is left to its end. */
  #arm(): void {
    if (this.#ticking) return;
    this.#cancel?.();
    this.#cancel = undefined;
    const dueMs = this.#dueMs();
    if (dueMs === Infinity) return;
    this.#cancel = this.#schedule(() => this.#wake(), Math.max(0, dueMs - this.#now()));
  }

  /** When the next frame is due; Infinity while there is nothing to tick. */
  #dueMs(): number {
    let dueMs = Infinity;
    for (const slot of this.#slots) if (slot.ticks.size > 0) dueMs = Math.min(dueMs, slot.dueMs);
    return dueMs;
  }

  #wake(): void {
    this.#letRead = !this.#letRead && this.#now() - this.#dueMs() > HELD_UP_MS;
    if (this.#letRead) {
      this.#cancel = this.#schedule(() => this.#wake(), 0);
      return;
    }
    this.#ticking = true;
    this.#onWake?.();
    for (const slot of this.#slots) this.#catchUp(slot);
    this.#ticking = false;
    this.#arm();
  }

  /** Ticks each frame that is due, oldest first; beyond the bound the oldest are given up. */
  #catchUp(slot: Slot): void {
    const nowMs = this.#now();
    const lateMs = nowMs - slot.dueMs;
    if (slot.ticks.size === 0 || lateMs < 0) return;
    this.#lateness.add(lateMs);
    const skipped = Math.max(0, Math.floor(lateMs / FRAME_MS) + 1 - this.#maxCatchUp);
    this.#skipped += skipped * slot.ticks.size;
    slot.dueMs += skipped * FRAME_MS;
    while (slot.dueMs <= nowMs && slot.ticks.size > 0) {
      const dueMs = slot.dueMs;
      slot.dueMs += FRAME_MS;
      for (const tick of slot.ticks) this.#run(slot, tick, dueMs);
    }
  }

  #run(slot: Slot, tick: Tick, dueMs: number): void {
    this.#ticks++;
    try {
      tick(dueMs);
    } catch (error) {
      slot.ticks.delete(tick); // it would fail fifty times a second
      this.#onError(error);
    }
  }
}

function scheduleTimeout(callback: () => void, delayMs: number): () => void {
  if (delayMs <= 0) {
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  }
  // Rounded up: a timer of whole milliseconds that fires early would have to be set again.
  const timer = setTimeout(callback, Math.ceil(delayMs));
  return () => clearTimeout(timer);
}

function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
