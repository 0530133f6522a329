import { RTP_TICKS_PER_FRAME } from '@parley/contract';
import { RtpHeader, RtpPacket, type MediaStreamTrack } from 'werift';
import type { CallCodec } from './opus.ts';

/** A jump of the sequence beyond this is a new beginning, not a loss. */
const MAX_DROPOUT = 100;

/** The two RTP streams of a call: packets in, samples out, and back. */
export class CallAudio {
  readonly #codec: CallCodec;
  readonly #track: MediaStreamTrack;
  #sequence = Math.trunc(Math.random() * 0x8000);
  #timestamp = Math.trunc(Math.random() * 0x8000_0000);
  #speaking = false;
  #heard: { sequence: number; ssrc: number } | undefined;

  constructor(codec: CallCodec, track: MediaStreamTrack) {
    this.#codec = codec;
    this.#track = track;
  }

  /** The next frame of 480 samples. Its RTP time jumps over the frames that were silent before it. */
  send(frame: Int16Array, skippedFrames: number): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + (1 + skippedFrames) * RTP_TICKS_PER_FRAME) >>> 0;
    const header = new RtpHeader({
      sequenceNumber: this.#sequence,
      timestamp: this.#timestamp,
      marker: !this.#speaking || skippedFrames > 0,
    });
    this.#speaking = true;
    // The sender puts its own SSRC and the negotiated payload type into the header.
    this.#track.writeRtp(new RtpPacket(header, Buffer.from(this.#codec.encode(frame))));
  }

  /**
   * Samples of a packet, lost ones before it made up for. Packets that come too late are dropped: this ear does not
   * wait. Pauses add nothing: the input clock counts what was sent (S30).
   */
  hear({ header, payload }: RtpPacket): Int16Array[] {
    const { sequenceNumber, ssrc } = header;
    const last = this.#heard;
    const steps = last?.ssrc === ssrc ? ((sequenceNumber - last.sequence) << 16) >> 16 : 1;
    if (steps <= 0 && steps > -MAX_DROPOUT) return [];
    this.#heard = { sequence: sequenceNumber, ssrc };
    if (payload.length === 0) return [];
    return this.#codec.decode(payload, steps > 0 && steps <= MAX_DROPOUT ? steps - 1 : 0);
  }
}
