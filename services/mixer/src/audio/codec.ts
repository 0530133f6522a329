/**
 * What the mixer needs of a speech codec. Mono, 24 kHz. All arrays that are returned are the caller's until the next
 * call on the same object; a caller that keeps one copies it.
 */
export interface OpusDecoder {
  /** Samples of one packet: 480 per 20 ms that it carries. Throws when the packet is corrupt. */
  decode(packet: Uint8Array): Int16Array;
  /** The frame (480 samples) BEFORE `packet`, from its in-band FEC; concealed when the packet carries none. */
  decodeFec(packet: Uint8Array): Int16Array;
  /** Goes on as the voice would have (packet loss concealment). `samples` is a multiple of 60 (2.5 ms), up to 2880. */
  conceal(samples: number): Int16Array;
  /** Harmless twice. */
  close(): void;
}

export interface OpusEncoder {
  /** One packet of one frame of 480 samples. */
  encode(frame: Int16Array): Uint8Array;
  /** Harmless twice. */
  close(): void;
}

/**
 * `robust`: with forward error correction, for any network. `light`: none, at a sixth of the cost, for networks that lose
 * next to nothing.
 */
export type Encoding = 'robust' | 'light';

export interface Codec {
  decoder(): OpusDecoder;
  /** `robust` if nothing is said. */
  encoder(encoding?: Encoding): OpusEncoder;
}
