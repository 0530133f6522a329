import type { Codec, Encoding, OpusEncoder } from './codec.ts';

/** An encoder that is made when it is first needed: most never are, and each has its memory. */
export function lazyEncoder(codec: Pick<Codec, 'encoder'>, encoding: Encoding = 'robust'): OpusEncoder {
  let made: OpusEncoder | undefined;
  let closed = false;
  return {
    encode(frame) {
      if (closed) throw new Error('this Opus encoder is closed');
      return (made ??= codec.encoder(encoding)).encode(frame);
    },
    close() {
      closed = true;
      made?.close();
    },
  };
}
