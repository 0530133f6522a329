import { FRAME_SAMPLES } from '@parley/contract';

/** The longest Opus packet, 120 ms, and a frame before it. */
const CAPACITY = 2_880 + FRAME_SAMPLES;
/** Voice comes back over 5 ms, and what ends abruptly is led to zero in as much. */
const RAMP_SAMPLES = 120;

/**
 * Decoded audio on its way into frames, without clicks: voice after silence is faded in, and silence after voice begins
 * where the voice left off.
 */
export class SmoothBuffer {
  readonly #samples = new Int16Array(CAPACITY);
  #length = 0;
  /** Of the voice, 0…1: below 1 after silence and concealment. */
  #gain = 0;
  #last = 0;

  /** Samples that wait to be read. */
  get length(): number {
    return this.#length;
  }

  /** Appends what was really said. */
  voice(pcm: Int16Array): void {
    for (let i = 0; i < pcm.length; i++) {
      if (this.#gain < 1) this.#gain = Math.min(1, this.#gain + 1 / RAMP_SAMPLES);
      this.#append((pcm[i] ?? 0) * this.#gain);
    }
  }

  /** Appends what was made up: the voice fades, from full to nothing in `fadeSamples`. */
  fading(pcm: Int16Array, fadeSamples: number): void {
    for (let i = 0; i < pcm.length; i++) {
      this.#gain = Math.max(0, this.#gain - 1 / fadeSamples);
      this.#append((pcm[i] ?? 0) * this.#gain);
    }
  }

  silence(samples: number): void {
    const from = this.#last;
    for (let i = 0; i < samples; i++) this.#append(from * Math.max(0, 1 - (i + 1) / RAMP_SAMPLES));
    if (samples > 0) this.#gain = 0;
  }

  /** Moves the first `frame.length` samples into `frame`; missing ones are zero. */
  read(frame: Int16Array): void {
    frame.fill(0);
    frame.set(this.#samples.subarray(0, Math.min(this.#length, frame.length)));
    this.#samples.copyWithin(0, frame.length, this.#length);
    this.#length = Math.max(0, this.#length - frame.length);
  }

  #append(sample: number): void {
    if (this.#length >= CAPACITY) return;
    this.#last = Math.round(sample);
    this.#samples[this.#length++] = this.#last;
  }
}
