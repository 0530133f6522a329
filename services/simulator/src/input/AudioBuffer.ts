import { SAMPLE_RATE } from '@parley/contract';
import { concat } from '../speech/utterance.ts';

/** The most audio that may wait for a commit: ten minutes, 29 MB. */
export const MAX_PENDING_MS = 10 * 60 * 1000;

/** The input audio since the last commit. Positions are samples since the session began and never go back. */
export class AudioBuffer {
  #chunks: Int16Array[] = [];
  #start = 0;
  #end = 0;

  /** Samples written in the whole session: the clock of the input. */
  get written(): number {
    return this.#end;
  }

  get writtenMs(): number {
    return toMs(this.#end);
  }

  /** Position of the first sample that is still here. */
  get start(): number {
    return this.#start;
  }

  get pendingMs(): number {
    return toMs(this.#end - this.#start);
  }

  write(samples: Int16Array): void {
    this.#chunks.push(samples);
    this.#end += samples.length;
  }

  /** Takes everything out. */
  take(): Int16Array {
    const whole = concat(this.#chunks, this.#end - this.#start);
    this.#chunks = [];
    this.#start = this.#end;
    return whole;
  }

  /** Lets go of what was written before `position`. */
  dropBefore(position: number): void {
    let chunk = this.#chunks[0];
    while (chunk && this.#start + chunk.length <= position) {
      this.#start += chunk.length;
      this.#chunks.shift();
      chunk = this.#chunks[0];
    }
    if (chunk && this.#start < position) {
      this.#chunks[0] = chunk.subarray(position - this.#start);
      this.#start = position;
    }
  }
}

export const toMs = (samples: number): number => Math.round((samples * 1000) / SAMPLE_RATE);
export const toSamples = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);
