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
  /** From here on there is only silence. */
  #sounding = 0;
  /** Of the voice, 0…1: below 1 after silence and concealment. */
  #gain = 0;
  /** The last sample that was appended, and that was read. */
  #last = 0;
  #lastRead = 0;

  /** Samples that wait to be read. */
  get length(): number {
    return this.#length;
  }

  /** Appends what was really said. */
  voice(pcm: Int16Array): void {
    let at = 0;
    for (; at < pcm.length && this.#gain < 1; at++) {
      this.#gain = Math.min(1, this.#gain + 1 / RAMP_SAMPLES);
      this.#append((pcm[at] ?? 0) * this.#gain);
    }
    const rest = pcm.subarray(at, at + CAPACITY - this.#length);
    this.#samples.set(rest, this.#length);
    this.#length += rest.length;
    this.#last = rest.at(-1) ?? this.#last;
    this.#sounding = this.#length;
  }

  /** Appends what was made up: the voice fades, from full to nothing in `fadeSamples`. */
  fading(pcm: Int16Array, fadeSamples: number): void {
    for (const sample of pcm) {
      this.#gain = Math.max(0, this.#gain - 1 / fadeSamples);
      this.#append(sample * this.#gain);
    }
    this.#sounding = this.#length;
  }

  silence(samples: number): void {
    if (samples <= 0) return;
    const from = this.#last;
    const ramp = from === 0 ? 0 : Math.min(samples, RAMP_SAMPLES);
    for (let i = 1; i <= ramp; i++) this.#append(from * (1 - i / RAMP_SAMPLES));
    if (ramp > 0) this.#sounding = this.#length;
    const end = Math.min(CAPACITY, this.#length + samples - ramp);
    this.#samples.fill(0, this.#length, end);
    this.#length = end;
    this.#gain = 0;
  }

  /** Moves the first `frame.length` samples into `frame`; missing ones are zero. False when all of them are silence. */
  read(frame: Int16Array): boolean {
    const ready = this.#samples.subarray(0, Math.min(this.#length, frame.length));
    frame.set(ready);
    frame.fill(0, ready.length);
    this.#lastRead = frame.at(-1) ?? 0;
    this.#samples.copyWithin(0, ready.length, this.#length);
    this.#length -= ready.length;
    const sounding = this.#sounding > 0;
    this.#sounding = Math.max(0, this.#sounding - ready.length);
    return sounding;
  }

  /** Throws away what waits; silence will begin where the last frame ended. */
  cut(): void {
    this.#length = 0;
    this.#sounding = 0;
    this.#last = this.#lastRead;
  }

  #append(sample: number): void {
    if (this.#length >= CAPACITY) return;
    this.#last = Math.round(sample);
    this.#samples[this.#length++] = this.#last;
  }
}
