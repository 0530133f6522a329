export type Tick = (nowMs: number) => void;

export interface FrameClockOptions {
  /** A monotonic clock, ms. */
  now?: () => number;
  /** Calls back once after `delayMs`; returns how to undo that. */
  schedule?: (callback: () => void, delayMs: number) => () => void;
  /** Frames that one wake makes up for; older ones are skipped and counted. */
  maxCatchUp?: number;
  /** A tick that throws is removed and told here. Without it the error goes uncaught. */
  onError?: (error: unknown) => void;
}

export interface FrameClockStats {
  /** Frames that were ticked, and frames that were given up. */
  ticks: number;
  skipped: number;
  /** How late wakes are, ms. */
  latenessP50Ms: number;
  latenessP99Ms: number;
}

/**
 * The one timer of a mixer process: ticks everything that was added every 20 ms, and sleeps when nothing is.
 * `nowMs` of a tick is the moment at which its frame is due on the injected clock (exactly 20 ms after the frame before).
 */
export class FrameClock {
  constructor(_options: FrameClockOptions = {}) {}

  /** Ticks from now on, until the returned function is called (harmless twice). */
  add(_tick: Tick): () => void {
    return () => undefined;
  }

  get stats(): FrameClockStats {
    return { ticks: 0, skipped: 0, latenessP50Ms: 0, latenessP99Ms: 0 };
  }

  /** Forgets everything that was added and stops. */
  close(): void {}
}
