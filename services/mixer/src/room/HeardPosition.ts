import { FRAME_MS, type ParticipantId } from '@parley/contract';

/** What a device says it is playing; see `playout:report`. */
export interface PlayoutReport {
  rtpTimestamp: number;
  ageMs: number;
  outputDelayMs: number;
}

/** One frame of 20 ms that went out: its RTP time, and where in its item it begins. */
export interface SentFrame {
  rtpTimestamp: number;
  itemId: string;
  fromMs: number;
}

/** From the mixer to the ear when nobody says: a LAN or a good line, the receiver's jitter buffer, the sound card. */
export const DEFAULT_DELAY_MS = 120;
/** Reports come five times a second; whoever has not reported for so long is not counted. */
export const REPORT_VALID_MS = 2_000;
/** A device whose last sound is older than this at its report has run dry: it goes on with nothing. */
const RUN_DRY_MS = 250;
/** So long after the last frame was sent it has been played, or never will be. */
export const DRAINED_MS = 1_000;
/** 30 s: a report about older sound says nothing of now. */
const FRAMES_KEPT = 1_500;
/** Devices whose reports are remembered. */
const MAX_DEVICES = 64;

interface Frame extends SentFrame {
  sentMs: number;
}

interface Playing {
  reportedMs: number;
  /** When the frame was heard, and when it had been sent. */
  heardMs: number;
  sentMs: number;
  dry: boolean;
}

/**
 * Where in a reply the ears are, from the frames that went out and what the devices say they play. The median of the
 * devices that reported lately counts: the slowest would let one phone on a bad line make the model forget what all the
 * others heard, the fastest would have it believe that they heard what they did not.
 */
export class HeardPosition {
  /** Oldest first. */
  readonly #frames: Frame[] = [];
  readonly #devices = new Map<ParticipantId, Playing>();

  /** A frame is handed to the network now. */
  sent(frame: SentFrame, nowMs: number): void {
    this.#frames.push({ ...frame, sentMs: nowMs });
    if (this.#frames.length > FRAMES_KEPT) this.#frames.splice(0, FRAMES_KEPT / 10);
  }

  /** Its own way up is not known and counts as none: some 10 ms too late at most on a good line. */
  reported(device: ParticipantId, report: PlayoutReport, nowMs: number): void {
    const frame = this.#find(report.rtpTimestamp);
    if (!frame) return;
    const { ageMs, outputDelayMs } = report;
    this.#devices.delete(device);
    this.#devices.set(device, {
      reportedMs: nowMs,
      heardMs: nowMs - ageMs + outputDelayMs,
      sentMs: frame.sentMs,
      dry: ageMs > RUN_DRY_MS,
    });
    const [oldest] = this.#devices.keys();
    if (this.#devices.size > MAX_DEVICES && oldest !== undefined) this.#devices.delete(oldest);
  }

  left(device: ParticipantId): void {
    this.#devices.delete(device);
  }

  /**
   * How much of the item is heard by `atMs`, whole ms. Asked for a moment to come (`DRAINED_MS` after the last frame)
   * it says what will have been heard in the end. Undefined for an item of which no frame is known.
   */
  heardMs(itemId: string, atMs: number, nowMs = atMs): number | undefined {
    const untilMs = this.#sentUntil(atMs, nowMs);
    let heard: number | undefined;
    for (const frame of this.#frames) {
      if (frame.itemId !== itemId) continue;
      heard ??= 0;
      const intoMs = Math.min(FRAME_MS, untilMs - frame.sentMs);
      if (intoMs > 0) heard = Math.max(heard, frame.fromMs + intoMs);
    }
    return heard === undefined ? undefined : Math.floor(heard);
  }

  /** What was sent before this moment is heard by `atMs`. */
  #sentUntil(atMs: number, nowMs: number): number {
    const moments: number[] = [];
    for (const { reportedMs, heardMs, sentMs, dry } of this.#devices.values()) {
      if (nowMs - reportedMs > REPORT_VALID_MS) continue;
      const sinceMs = atMs - heardMs;
      // The frame that was last played is over 20 ms after it began.
      moments.push(sentMs + (dry ? Math.min(sinceMs, FRAME_MS) : sinceMs));
    }
    return moments.length === 0 ? atMs - DEFAULT_DELAY_MS : median(moments);
  }

  #find(rtpTimestamp: number): Frame | undefined {
    // The newest one that begins no later: a browser may name a moment inside a frame. Differences wrap at 32 bits.
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const frame = this.#frames[i];
      const ticks = frame ? (rtpTimestamp - frame.rtpTimestamp) | 0 : -1;
      if (ticks >= 0) return frame;
    }
    return undefined;
  }
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  const upper = values[middle] ?? 0;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? upper) + upper) / 2;
}
