import type { Codec, Encoding, OpusEncoder } from './codec.ts';

export interface LazyEncoder extends OpusEncoder {
  /** It is not needed for a while: the next frame is encoded by another one. */
  rest(): void;
}

/** An encoder that is made when it is first needed: most never are, and each has its memory. */
export function lazyEncoder(codec: Pick<Codec, 'encoder'>, encoding: Encoding = 'robust'): LazyEncoder {
  let made: OpusEncoder | undefined;
  let closed = false;
  return {
    encode(frame) {
      if (closed) throw new Error('this Opus encoder is closed');
      return (made ??= codec.encoder(encoding)).encode(frame);
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
