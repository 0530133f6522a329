import { FRAME_SAMPLES } from '@parley/contract';
import type { Codec, Encoding, OpusEncoder } from './codec.ts';

export interface LazyEncoder extends OpusEncoder {
  /** What is encoded next does not follow what was encoded last: of that nothing is to be heard in it. */
  pause(): void;
  /** It is not needed for a while: the next frame is encoded by another one. */
  rest(): void;
}

const SILENCE = new Int16Array(FRAME_SAMPLES);

/** An encoder that is made when it is first needed: most never are, and each has its memory. */
export function lazyEncoder(codec: Pick<Codec, 'encoder'>, encoding: Encoding = 'robust'): LazyEncoder {
  let made: OpusEncoder | undefined;
  let closed = false;
  let paused = false;
  return {
    encode(frame) {
      if (closed) throw new Error('this Opus encoder is closed');
      // A robust encoder builds on what its listener has heard of it, so nothing comes in between.
      if (paused && encoding === 'light') made?.encode(SILENCE);
      paused = false;
      return (made ??= codec.encoder(encoding)).encode(frame);
    },
    pause() {
      paused = true;
    },
    rest() {
      made?.close();
      made = undefined;
    },
    close() {
      closed = true;
      made?.close();
    },
  };
}
