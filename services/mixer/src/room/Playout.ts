import type { AssistantEvents } from './assistantEvents.ts';
import type { BargeIn } from './BargeIn.ts';
import type { Clock } from './ports.ts';
import type { PlayedFrame } from './Replies.ts';

/** Where the reply is, is told every 200 ms. */
const TOLD_EVERY_FRAMES = 10;

export interface PlayoutOptions {
  clock: Clock;
  bargeIn: BargeIn;
  queuedMs: () => number;
  tell: (...playout: AssistantEvents['playout']) => void;
}

/** The reply on its way out, frame by frame; tells how far it is. */
export class Playout {
  readonly #options: PlayoutOptions;
  #framesOut = 0;
  #playing: string | undefined;
  #playedMs = 0;
  #pulled: PlayedFrame | undefined;

  constructor(options: PlayoutOptions) {
    this.#options = options;
  }

  /** The next 20 ms, valid until the next call, or undefined when there is none now. */
  pull(): Int16Array | undefined {
    const { bargeIn, queuedMs, tell } = this.#options;
    const out = bargeIn.pull();
    this.#pulled = out;
    if (!out) {
      this.#fellSilent();
      return undefined;
    }
    this.#framesOut += 1;
    const { itemId, playedMs } = out;
    if (itemId !== this.#playing || this.#framesOut % TOLD_EVERY_FRAMES === 0)
      tell({ itemId, playedMs, queuedMs: queuedMs() });
    this.#playing = itemId;
    this.#playedMs = playedMs;
    return out.frame;
  }

  /** The frame that was pulled last went out to the devices with this RTP time. */
  sent(rtpTimestamp: number): void {
    if (!this.#pulled) return;
    const { itemId, fromMs } = this.#pulled.origin;
    const { bargeIn, clock } = this.#options;
    bargeIn.heard.sent({ rtpTimestamp, itemId, fromMs }, clock.now());
  }

  /** A cut is told at once, whatever becomes of it: no device should go on showing words that it does not hear. */
  #fellSilent(): void {
    const { bargeIn, tell } = this.#options;
    if (this.#playing === undefined || !bargeIn.held) return;
    tell({ itemId: this.#playing, playedMs: this.#playedMs, queuedMs: 0 });
    this.#playing = undefined;
  }
}
