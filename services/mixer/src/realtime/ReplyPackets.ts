import { FRAME_SAMPLES } from '@parley/contract';
import type { Codec, OpusDecoder } from '../audio/codec.ts';
import { carryPacket } from '../audio/packets.ts';

/** Packets behind a missing one before it is given up: 60 ms. */
const MAX_HELD = 3;
/** A jump beyond this is a new beginning. */
const MAX_JUMP = 100;

export interface ReplyPacket {
  sequenceNumber: number;
  ssrc: number;
  payload: Uint8Array;
}

/**
 * The RTP of a reply in its order, decoded: whoever plays it forwards the packets as they came, and the samples are for
 * levels, mixes and echoes. What was lost comes from the next packet's FEC or is concealed. Owns a decoder.
 */
export class ReplyPackets {
  readonly #decoder: OpusDecoder;
  readonly #held = new Map<number, Uint8Array>();
  #expected: number | undefined;
  #ssrc: number | undefined;
  #lost = 0;

  constructor(codec: Codec) {
    this.#decoder = codec.decoder();
  }

  get lost(): number {
    return this.#lost;
  }

  /** The frames that are complete with this packet; they belong to the caller. */
  put({ sequenceNumber, ssrc, payload }: ReplyPacket): Int16Array[] {
    const behind = this.#expected === undefined ? 0 : distance(sequenceNumber, this.#expected);
    if (this.#expected === undefined || ssrc !== this.#ssrc || Math.abs(behind) > MAX_JUMP) {
      this.#held.clear();
      this.#ssrc = ssrc;
      this.#expected = sequenceNumber;
    } else if (behind < 0) return [];
    this.#held.set(sequenceNumber, payload);
    return this.#drain(MAX_HELD);
  }

  /** What is still held: nothing more comes before it. */
  flush(): Int16Array[] {
    return this.#drain(0);
  }

  close(): void {
    this.#held.clear();
    this.#decoder.close();
  }

  #drain(hold: number): Int16Array[] {
    const frames: Int16Array[] = [];
    while (this.#held.size > 0 && this.#expected !== undefined) {
      const payload = this.#held.get(this.#expected);
      if (payload === undefined && this.#held.size <= hold) break;
      const next = (this.#expected + 1) & 0xffff;
      if (payload === undefined) frames.push(this.#recover(this.#held.get(next)));
      else if (payload.length > 0) frames.push(this.#decode(payload));
      this.#held.delete(this.#expected);
      this.#expected = next;
    }
    return frames;
  }

  #decode(payload: Uint8Array): Int16Array {
    try {
      const frame = this.#decoder.decode(payload).slice();
      if (frame.length === FRAME_SAMPLES) carryPacket(frame, payload);
      return frame;
    } catch {
      return this.#recover(undefined); // not Opus: as good as lost
    }
  }

  #recover(next: Uint8Array | undefined): Int16Array {
    this.#lost += 1;
    try {
      return (next ? this.#decoder.decodeFec(next) : this.#decoder.conceal(FRAME_SAMPLES)).slice();
    } catch {
      return new Int16Array(FRAME_SAMPLES);
    }
  }
}

/** Signed, so that the wrap of 16 bits comes out right. */
const distance = (a: number, b: number) => ((a - b) << 16) >> 16;
