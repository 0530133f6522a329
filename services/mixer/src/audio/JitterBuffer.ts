import type { RtpPacket } from './rtp.ts';

/**
 * What is due. `lost`: should have been heard, is not there; `next` is the packet right after it, whose FEC may carry it.
 * `silence`: the sender sends nothing (DTX, muted, gone). `wait`: packets are there, their time has not come.
 */
export type JitterTake =
  | { kind: 'packet'; packet: RtpPacket }
  | { kind: 'lost'; next?: RtpPacket }
  | { kind: 'silence' }
  | { kind: 'wait' };

export interface JitterStats {
  received: number;
  lost: number;
  late: number;
  duplicate: number;
  concealed: number;
  /** The delay that the buffer adds at present, ms. */
  delayMs: number;
}

/** Puts one stream's packets in order and decides, frame by frame, what is heard. */
export class JitterBuffer {
  put(_packet: RtpPacket, _nowMs: number): void {}

  take(_nowMs: number): JitterTake {
    return { kind: 'silence' };
  }

  get stats(): JitterStats {
    return { received: 0, lost: 0, late: 0, duplicate: 0, concealed: 0, delayMs: 0 };
  }
}
