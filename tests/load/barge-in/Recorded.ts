import { RATE } from '../../support/audio/voices.ts';
import type { ReceivedFrame } from '../../support/peers/Listener.ts';

/** Sound that was received (24 kHz mono), and when each sample of it was there, in ms of this process' clock. */
export interface Recorded {
  readonly samples: Int16Array;
  readonly timeOf: (sample: number) => number;
  /** The last sample that was there at that time; 0 before the first. */
  readonly indexAt: (ms: number) => number;
}

/** What an ear heard, at the steady pace of its sound card. */
export function heardBy(samples: Int16Array, begunMs: number): Recorded {
  return {
    samples,
    timeOf: (sample) => begunMs + (sample * 1000) / RATE,
    indexAt: (ms) => Math.max(0, Math.round(((ms - begunMs) * RATE) / 1000)),
  };
}

/** What came over the wire: a packet's sound as if it was played, without any delay, when the packet came. */
export function onTheWire(frames: readonly ReceivedFrame[]): Recorded {
  const inOrder = frames.toSorted((a, b) => a.at - b.at);
  const samples = new Int16Array(Math.max(0, ...inOrder.slice(-50).map(({ at, pcm }) => at + pcm.length)));
  for (const { at, pcm } of inOrder) samples.set(pcm, at);
  const timeIn = (frame: ReceivedFrame | undefined, sample: number) =>
    frame ? frame.arrivedMs + ((sample - frame.at) * 1000) / RATE : Infinity;
  return {
    samples,
    timeOf: (sample) =>
      timeIn(
        inOrder.findLast(({ at }) => at <= sample),
        sample,
      ),
    indexAt: (ms) => inOrder.findLast(({ arrivedMs }) => arrivedMs <= ms)?.at ?? 0,
  };
}
