/** A stretch of packets without a pause: it begins with the marker bit, or a sequence that follows nothing. */
interface Burst {
  fromMs: number;
  toMs: number;
  packets: number;
}

export interface Received {
  packets: number;
  lost: number;
  /** Between two packets of one burst more than 60 ms went by. */
  gaps: number;
  /** Packets a second while something was to be heard, of bursts longer than a second; undefined when there were none. */
  rate: number | undefined;
}

const FRAME_MS = 20;
const GAP_MS = 60;
const LONG_MS = 1_000;

/** Counts one stream of RTP as it comes. Time comes in as milliseconds. */
export class Reception {
  /** When each burst began: somebody began to be heard. */
  readonly beginnings: number[] = [];
  #packets = 0;
  #lost = 0;
  #gaps = 0;
  #sequence: number | undefined;
  #paused = false;
  #burst: Burst | undefined;
  readonly #long = { packets: 0, ms: 0 };

  /** Forgets the counts; the stream goes on. */
  restart(): void {
    this.#packets = this.#lost = this.#gaps = 0;
    this.#long.packets = this.#long.ms = 0;
    this.beginnings.length = 0;
    this.#burst = undefined;
  }

  /** A packet by its 16 bit sequence number and marker bit. `silent`: it is there to say that nothing is to be heard (DTX). */
  take(sequence: number, marker: boolean, nowMs: number, silent = false): void {
    this.#packets += 1;
    if (this.#sequence !== undefined) {
      const step = ((sequence - this.#sequence) << 16) >> 16;
      if (step > 1) this.#lost += step - 1;
      else if (step < 1) this.#lost = Math.max(0, this.#lost - 1); // late, not lost
      if (step > 0) this.#sequence = sequence;
    } else this.#sequence = sequence;
    if (silent) this.#endBurst();
    else this.#follow(marker || this.#paused, nowMs);
    this.#paused = silent;
  }

  get received(): Received {
    const burst = this.#burst;
    const open = burst && isLong(burst) ? burst : { packets: 0, fromMs: 0, toMs: -FRAME_MS };
    const ms = this.#long.ms + lengthMs(open);
    const packets = this.#long.packets + open.packets;
    return {
      packets: this.#packets,
      lost: this.#lost,
      gaps: this.#gaps,
      rate: ms > 0 ? (packets * 1000) / ms : undefined,
    };
  }

  #follow(marker: boolean, nowMs: number): void {
    const burst = this.#burst;
    if (burst && !marker) {
      if (nowMs - burst.toMs > GAP_MS) this.#gaps += 1;
      burst.toMs = nowMs;
      burst.packets += 1;
      return;
    }
    this.#endBurst();
    this.#burst = { fromMs: nowMs, toMs: nowMs, packets: 1 };
    if (marker) this.beginnings.push(nowMs);
  }

  #endBurst(): void {
    const burst = this.#burst;
    this.#burst = undefined;
    if (!burst || !isLong(burst)) return;
    this.#long.packets += burst.packets;
    this.#long.ms += lengthMs(burst);
  }
}

const lengthMs = ({ fromMs, toMs }: Burst): number => toMs - fromMs + FRAME_MS;
const isLong = (burst: Burst): boolean => lengthMs(burst) > LONG_MS;
