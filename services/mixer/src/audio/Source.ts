import { SILENCE_DBOV } from '@parley/contract';
import type { Codec } from './codec.ts';
import type { JitterStats } from './JitterBuffer.ts';

export interface SourceOptions {
  codec: Codec;
  /** The negotiated ID of the `ssrc-audio-level` header extension (RFC 6464), if there is one. */
  levelExtensionId?: number;
}

export interface SourceStats extends JitterStats {
  /** Packets that were no RTP, or that the codec refused. */
  malformed: number;
  /** Lost frames that the next packet's FEC brought back. */
  recovered: number;
  /** Packets that were not decoded because their level says silence. */
  skipped: number;
}

/** One participant's audio: RTP in, one frame of 20 ms out per pull. */
export class Source {
  /** A muted source is silent at once; its packets are dropped. */
  muted = false;

  constructor(_options: SourceOptions) {}

  /** Takes one RTP packet as it came; never throws. The bytes must stay untouched afterwards. */
  receive(_rtp: Uint8Array, _nowMs: number): void {}

  /** The next 20 ms (480 samples), or undefined when silent. The frame is valid until the next pull. */
  pull(_nowMs: number): Int16Array | undefined {
    return undefined;
  }

  /** Level of the last pulled frame, dBov. */
  get levelDbov(): number {
    return SILENCE_DBOV;
  }

  get stats(): SourceStats {
    return {
      received: 0,
      lost: 0,
      late: 0,
      duplicate: 0,
      concealed: 0,
      delayMs: 0,
      malformed: 0,
      recovered: 0,
      skipped: 0,
    };
  }

  close(): void {}
}
