import { FRAME_SAMPLES } from '@parley/contract';
import { forgetPacket } from './packets.ts';

/** A voice that comes back does so within 80 ms; one that goes does so within one frame. */
const RISE_PER_FRAME = 0.25;

/** The loudness of one output; every change is a straight line over a frame, so that nothing clicks. */
export class Fader {
  #gain = 1;

  get gain(): number {
    return this.#gain;
  }

  /** The next frame begins here, whatever was before. */
  startAt(gain: number): void {
    this.#gain = gain;
  }

  /** Changes the frame in place, on its way to `target` (0…1): down within this frame, up over several. */
  apply(frame: Int16Array, target: number): void {
    const from = this.#gain;
    const to = Math.min(target, from + RISE_PER_FRAME);
    this.#gain = to;
    if (from === 1 && to === 1) return;
    forgetPacket(frame);
    const step = (to - from) / FRAME_SAMPLES;
    for (let i = 0; i < frame.length; i++) frame[i] = Math.round((frame[i] ?? 0) * (from + step * (i + 1)));
  }
}
