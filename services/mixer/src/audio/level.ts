import { SILENCE_DBOV } from '@parley/contract';

/** Energy of a frame in dBov, -127…0, whole decibels (RFC 6464 section 3: 0 is the loudest that 16 bit can carry). */
export function levelDbov(frame: Int16Array): number {
  let energy = 0;
  // By index: four times as fast as an iterator, and this runs for every frame of everybody.
  for (let i = 0; i < frame.length; i++) energy += (frame[i] ?? 0) ** 2;
  if (energy === 0) return SILENCE_DBOV;
  const dbov = Math.round(10 * Math.log10(energy / (frame.length * 32_768 * 32_768)));
  return Math.max(SILENCE_DBOV, Math.min(0, dbov)) + 0; // never -0
}

export interface VoiceGateOptions {
  /** A voice begins at this level, dBov. */
  openDbov?: number;
  /** It goes on while it stays above this one. */
  closeDbov?: number;
}

/** Decides frame by frame whether somebody speaks; two thresholds, so that a level on the edge does not flutter. */
export class VoiceGate {
  readonly #openDbov: number;
  readonly #closeDbov: number;
  #open = false;

  constructor({ openDbov = -45, closeDbov = -52 }: VoiceGateOptions = {}) {
    this.#openDbov = openDbov;
    this.#closeDbov = closeDbov;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Takes the level of the next frame, says whether it is voiced. */
  update(dbov: number): boolean {
    this.#open = dbov >= (this.#open ? this.#closeDbov : this.#openDbov);
    return this.#open;
  }
}
