import { RTP_CLOCK_RATE } from '@parley/contract';

const TICKS_PER_MS = RTP_CLOCK_RATE / 1000;
export const MIN_DELAY_MS = 10;
export const MAX_DELAY_MS = 200;
/** The fastest packet of the last 5 to 10 s is the base: long enough to see one, short enough to follow a drifting clock. */
const BASE_WINDOW_MS = 5_000;
const BIN_MS = 5;
/** Held back beyond the jitter, but never more than that again: it was measured, and is not what comes. */
const MARGIN_MS = 10;
const BINS = MAX_DELAY_MS / BIN_MS + 1;
/** A packet's weight against the one before it: the memory is about 500 packets, 10 s of speech. */
const GROWTH = 1 / 0.998;
const LARGEST_WEIGHT = 1e12;
/** This part of the packets is to be there in time; the rest is left to concealment. */
const IN_TIME = 0.97;

/**
 * How long packets are under way, compared with the fastest of late, and from that how long to hold them back.
 * Clocks of sender and receiver need not agree: only differences count.
 */
export class DelayEstimate {
  readonly #bins = new Float64Array(BINS);
  #weight = 1;
  #total = 0;
  #windowStartMs = 0;
  #fastestMs = Infinity;
  #fastestBeforeMs = Infinity;
  #targetMs = MIN_DELAY_MS;

  /** True until a first packet gave the base. */
  get blank(): boolean {
    return this.#fastestMs === Infinity;
  }

  /** How long to hold back what the fastest packet would have brought: 10…200 ms. */
  get targetMs(): number {
    return this.#targetMs;
  }

  /** The delay of something stamped `ticks` at `nowMs`, against the fastest packet; may be negative. */
  delayMs(ticks: number, nowMs: number): number {
    return nowMs - ticks / TICKS_PER_MS - Math.min(this.#fastestMs, this.#fastestBeforeMs);
  }

  /** A packet stamped `ticks` arrived. */
  add(ticks: number, nowMs: number): void {
    const transitMs = nowMs - ticks / TICKS_PER_MS;
    if (this.blank || nowMs - this.#windowStartMs >= BASE_WINDOW_MS) {
      this.#fastestBeforeMs = this.#fastestMs;
      this.#fastestMs = transitMs;
      this.#windowStartMs = nowMs;
    }
    this.#fastestMs = Math.min(this.#fastestMs, transitMs);
    this.#count(this.delayMs(ticks, nowMs));
  }

  /** The sender's timestamps jumped: the next packet is the new base. What is known of the jitter stays. */
  rebase(): void {
    this.#fastestMs = Infinity;
    this.#fastestBeforeMs = Infinity;
  }

  #count(delayMs: number): void {
    const bin = Math.min(BINS - 1, Math.floor(delayMs / BIN_MS));
    this.#bins[bin] = (this.#bins[bin] ?? 0) + this.#weight;
    this.#total += this.#weight;
    this.#weight *= GROWTH;
    if (this.#weight > LARGEST_WEIGHT) this.#rescale();
    let left = this.#total * IN_TIME;
    let edge = 0;
    while (edge < BINS - 1 && left > 0) left -= this.#bins[edge++] ?? 0;
    const jitterMs = edge * BIN_MS;
    const targetMs = jitterMs + Math.min(jitterMs, MARGIN_MS);
    this.#targetMs = Math.max(MIN_DELAY_MS, Math.min(MAX_DELAY_MS, targetMs));
  }

  #rescale(): void {
    for (let bin = 0; bin < BINS; bin++) this.#bins[bin] = (this.#bins[bin] ?? 0) / this.#weight;
    this.#total /= this.#weight;
    this.#weight = 1;
  }
}
