import type { Provider } from './Provider.ts';
import type { Recording } from './Scene.ts';
import { type Cut, type NoCut, scoreCut } from './scoreCut.ts';

/** One interruption: when its first sound left, and what was recorded. */
export interface Interrupted {
  onsetMs: number;
  recording: Recording;
}

/** One interruption as one listener heard it, ms. */
export interface Heard {
  /** From the interrupter's first sound to the reply's last, and until the reply was lowered. */
  silentMs: number;
  loweredMs: number | undefined;
  parts: Parts;
  /** The provider was told more (+) or less (-) than was heard. */
  truncationMs: number | undefined;
}

/** One after the other, but for the last, they are `silentMs`. */
export interface Parts {
  /** Network and the mixer's jitter buffer. */
  inMs: number | undefined;
  /** From then until the reply is lowered, and until it is silent, as it leaves the mixer. */
  lowerMs: number | undefined;
  cutMs: number | undefined;
  /** Network, the browser's jitter buffer and playout. */
  outMs: number;
  /** Of that, the browser's jitter buffer, on average over the reply. */
  bufferMs: number | undefined;
}

/** One per listener, or why there is none. */
export function scoreInterrupted(
  { onsetMs, recording }: Interrupted,
  reply: Int16Array,
  sound: Int16Array,
  provider: Provider,
): (Heard | NoCut)[] {
  const wire = scoreCut(recording.wire, reply, onsetMs);
  if (typeof wire === 'string') return recording.ears.map(() => wire);
  const mixedMs = provider.heardMs(sound, onsetMs);
  const toldMs = provider.truncatedMs(onsetMs);
  return recording.ears.map((ear, listener) => {
    const cut = scoreCut(ear, reply, onsetMs);
    if (typeof cut === 'string') return cut;
    return {
      silentMs: cut.silentMs - onsetMs,
      loweredMs: minus(cut.loweredMs, onsetMs),
      parts: {
        inMs: minus(mixedMs, onsetMs),
        lowerMs: minus(wire.loweredMs, mixedMs),
        cutMs: minus(wire.silentMs, wire.loweredMs),
        outMs: cut.silentMs - wire.silentMs,
        bufferMs: recording.buffersMs[listener],
      },
      truncationMs: toldMs === undefined ? undefined : beyond(toldMs, cut),
    };
  });
}

const minus = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a - b;

/** Anywhere between the last sound and the next one is right: it sounds alike. */
function beyond(toldMs: number, { heardMs, nextSoundMs }: Cut): number {
  if (toldMs < heardMs) return toldMs - heardMs;
  return Math.max(0, toldMs - nextSoundMs);
}
