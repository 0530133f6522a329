import { FRAME_MS } from '@parley/contract';
import { Assistant } from '@parley/mixer/room/Assistant';

/** The product's assistant, which also notes when it got each frame: the room's input clock against the wall's. */
export class ClockedAssistant extends Assistant {
  readonly #gotAt: number[] = [];

  override pushInput(...input: Parameters<Assistant['pushInput']>): void {
    this.#gotAt.push(performance.now());
    super.pushInput(...input);
  }

  /**
   * Where on the input clock (ms) a moment of the wall clock is. Frames that come in a bunch (what was kept from before
   * the first voice, and what is caught up) were due 20 ms before the next one each. Moments without input belong to
   * the next frame.
   */
  inputClock(): (wallMs: number) => number {
    const dueAt = this.#gotAt.slice();
    for (let i = dueAt.length - 2; i >= 0; i--)
      dueAt[i] = Math.min(dueAt[i] ?? 0, (dueAt[i + 1] ?? 0) - FRAME_MS);
    return (wallMs) => {
      let [from, to] = [0, dueAt.length];
      while (from < to) {
        const middle = (from + to) >> 1;
        if ((dueAt[middle] ?? 0) < wallMs) from = middle + 1;
        else to = middle;
      }
      return from * FRAME_MS;
    };
  }
}
