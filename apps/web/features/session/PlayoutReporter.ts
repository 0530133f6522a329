import type { UpwardMessage } from '@parley/contract';

type Report = Extract<UpwardMessage, { type: 'playout:report' }>;
/** What `RTCRtpReceiver.getSynchronizationSources` tells of the one stream, as far as it is used. */
export type PlayedSource = Pick<RTCRtpSynchronizationSource, 'rtpTimestamp' | 'timestamp'>;

export interface PlayoutReporterOptions {
  /** The assistant's stream, as the browser plays it. Empty or undefined while there is none. */
  sources: () => readonly PlayedSource[] | undefined;
  /** From the browser's mixer to the ear, ms, as far as it is known. */
  outputDelayMs: () => number;
  send: (report: Report) => void;
  /** Milliseconds of the page's clock: since the epoch, and since the page began. */
  now: () => { epochMs: number; pageMs: number };
}

export const REPORT_EVERY_MS = 200;
/** A stream that stands still for longer has ended: there is nothing to tell. */
const AUDIBLE_MS = 1_000;
const MAX_OUTPUT_DELAY_MS = 5_000;
/** A time that counts from the page's beginning is never as large as one that counts from 1970. */
const EPOCH_FROM_MS = 1e11;

/**
 * Tells the room five times a second what this device is playing of the assistant, so that an interruption is put where
 * it was heard. Says nothing while the assistant is silent.
 */
export class PlayoutReporter {
  readonly #options: PlayoutReporterOptions;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(options: PlayoutReporterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.look(), REPORT_EVERY_MS);
  }

  look(): void {
    const { sources, outputDelayMs, now, send } = this.#options;
    const source = sources()?.[0];
    if (!source) return;
    const { epochMs, pageMs } = now();
    // Browsers differ in where they count from.
    const ageMs = Math.max(0, (source.timestamp > EPOCH_FROM_MS ? epochMs : pageMs) - source.timestamp);
    if (ageMs > AUDIBLE_MS) return;
    const delayMs = Math.min(MAX_OUTPUT_DELAY_MS, Math.max(0, outputDelayMs()));
    send({
      type: 'playout:report',
      rtpTimestamp: source.rtpTimestamp >>> 0,
      ageMs: Math.round(ageMs),
      outputDelayMs: Math.round(delayMs) || 0, // NaN where the browser does not know
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
