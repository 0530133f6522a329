import { FRAME_SAMPLES, SAMPLE_RATE } from '@parley/contract';
import { fft512 } from './fft512.ts';

/** Of one time slot, which lasts 10 ms. */
export const SLOT_MS = 10;
/** What is remembered: 1.28 s, a little more than any window and the delay before it. */
export const SLOTS_KEPT = 128;
/** Two slots in a frame of 20 ms. */
export const SLOTS_PER_FRAME = 2;

const SIZE = 512;
const HOP = FRAME_SAMPLES / SLOTS_PER_FRAME;
/** Where speech is, in steps about as wide as an ear's; Hz. */
const EDGES_HZ = [150, 300, 450, 600, 800, 1_000, 1_250, 1_550, 1_900, 2_350, 2_900, 3_600, 4_500, 5_800];
export const BANDS = EDGES_HZ.length - 1;
const EDGES = EDGES_HZ.map((hz) => Math.round((hz * SIZE) / SAMPLE_RATE));
const WINDOW = Float64Array.from(
  { length: FRAME_SAMPLES },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / FRAME_SAMPLES),
);
/** So that band powers add up to about the power of the frame relative to the loudest (its level in dBov). */
const SCALE = 1 / (SIZE * 0.375 * FRAME_SAMPLES * 32_768 * 32_768) / 0.5;

/** Used anew in every call: nothing of a transform is kept but its band powers. */
const RE = new Float64Array(SIZE);
const IM = new Float64Array(SIZE);

/** Where a slot is kept. */
export const slotAt = (slot: number): number => ((slot + SLOTS_KEPT) % SLOTS_KEPT) * BANDS;

/** The power of one voice in each band, slot by slot: what two microphones that hear the same have in common. */
export class BandTrack {
  /** Power relative to the loudest, `BANDS` per slot. A ring. */
  readonly power = new Float32Array(SLOTS_KEPT * BANDS);
  /** The same to the power of 1/4: loud and faint moments count alike, noise does not. */
  readonly shape = new Float32Array(SLOTS_KEPT * BANDS);
  /** Of all bands, per slot: what is asked for most. */
  readonly #total = new Float32Array(SLOTS_KEPT);
  readonly #before = new Int16Array(HOP);
  #slots: number;
  #soundSlot = -Infinity;

  /** `slots`: how many passed before this one begins, so that tracks of one room have the same clock. */
  constructor(slots = 0) {
    this.#slots = slots;
  }

  /** How many slots there have been. */
  get slots(): number {
    return this.#slots;
  }

  /** Slots since the last sound. */
  get quietSlots(): number {
    return this.#slots - this.#soundSlot;
  }

  /** The next 20 ms; undefined when silent. */
  push(frame: Int16Array | undefined): void {
    if (frame) {
      this.#transform(frame);
      this.#before.set(frame.subarray(HOP));
    } else this.#before.fill(0);
    for (let slot = 0; slot < SLOTS_PER_FRAME; slot++) this.#store(slot, frame !== undefined);
    if (frame) this.#soundSlot = this.#slots;
  }

  /** Forgets everything; time goes on. */
  clear(): void {
    this.power.fill(0);
    this.shape.fill(0);
    this.#total.fill(0);
    this.#before.fill(0);
    this.#soundSlot = -Infinity;
  }

  /** Power of a band in the last `window` slots that lie `lag` back, added up. */
  sum(lag: number, window: number, band: number): number {
    let sum = 0;
    for (let slot = this.#slots - window; slot < this.#slots; slot++)
      sum += this.power[slotAt(slot - lag) + band] ?? 0;
    return sum;
  }

  /** Of all bands, per slot. */
  meanPower(lag: number, window: number): number {
    let sum = 0;
    for (let slot = this.#slots - window - lag; slot < this.#slots - lag; slot++)
      sum += this.#total[(slot + SLOTS_KEPT) % SLOTS_KEPT] ?? 0;
    return sum / window;
  }

  /** How many of the last `window` slots have more power than that. */
  louder(power: number, window: number): number {
    let louder = 0;
    for (let slot = this.#slots - window; slot < this.#slots; slot++)
      if ((this.#total[(slot + SLOTS_KEPT) % SLOTS_KEPT] ?? 0) > power) louder++;
    return louder;
  }

  /** Two real transforms in one: the window half a frame back as the real part, the one of the frame as the other. */
  #transform(frame: Int16Array): void {
    const before = this.#before;
    for (let i = 0; i < HOP; i++) {
      const early = WINDOW[i] ?? 0;
      const late = WINDOW[i + HOP] ?? 0;
      const middle = frame[i] ?? 0;
      RE[i] = early * (before[i] ?? 0);
      RE[i + HOP] = late * middle;
      IM[i] = early * middle;
      IM[i + HOP] = late * (frame[i + HOP] ?? 0);
    }
    RE.fill(0, FRAME_SAMPLES);
    IM.fill(0, FRAME_SAMPLES);
    fft512(RE, IM);
  }

  #store(part: number, sounding: boolean): void {
    const slot = this.#slots++;
    const at = slotAt(slot);
    let total = 0;
    for (let band = 0; band < BANDS; band++) {
      const power = sounding ? bandPower(part, band) : 0;
      this.power[at + band] = power;
      this.shape[at + band] = Math.sqrt(Math.sqrt(power));
      total += power;
    }
    this.#total[slot % SLOTS_KEPT] = total;
  }
}

/** After a transform, of the window that was its real part (0) or the other (1). */
function bandPower(part: number, band: number): number {
  const end = EDGES[band + 1] ?? 0;
  let sum = 0;
  for (let k = EDGES[band] ?? 0; k < end; k++) {
    const a = RE[k] ?? 0;
    const b = IM[k] ?? 0;
    const c = RE[SIZE - k] ?? 0;
    const d = IM[SIZE - k] ?? 0;
    // The even part of the sum is the one signal's spectrum, the odd part the other's.
    const real = part === 0 ? a + c : b + d;
    const imaginary = part === 0 ? b - d : c - a;
    sum += real * real + imaginary * imaginary;
  }
  return (sum / 4) * SCALE;
}
