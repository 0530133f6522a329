import {
  DEFAULT_RTP_PAYLOAD_TYPE,
  type MediaParameters,
  RTP_CLOCK_RATE,
  RTP_TICKS_PER_FRAME,
} from '@parley/contract';
import { ExtensionProfiles, RtpHeader } from 'werift';

const LEVEL_EXTENSION_ID = 4;
/** A browser sets the bit by its own voice detection; recordings have no noise between the words. */
const VOICE_ABOVE_DBOV = -60;

/** The headers of what a browser's microphone sends: each tells its level (RFC 6464). */
export class MicrophoneStream {
  readonly ssrc: number;
  #sequence = Math.trunc(Math.random() * 0x8000);
  #timestamp = Math.trunc(Math.random() * 0x8000_0000);

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }

  /** Of the next packet. The timestamp jumps over frames that were not sent, the sequence does not. */
  next(dbov: number, skippedFrames: number): RtpHeader {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + (1 + skippedFrames) * RTP_TICKS_PER_FRAME) >>> 0;
    const level = (dbov > VOICE_ABOVE_DBOV ? 0x80 : 0) | Math.min(127, -dbov);
    return new RtpHeader({
      payloadType: DEFAULT_RTP_PAYLOAD_TYPE,
      sequenceNumber: this.#sequence,
      timestamp: this.#timestamp,
      ssrc: this.ssrc,
      marker: skippedFrames > 0,
      extension: true,
      extensionProfile: ExtensionProfiles.OneByte,
      extensions: [{ id: LEVEL_EXTENSION_ID, payload: Buffer.of(level) }],
    });
  }
}

/** What the page says of its microphone: Opus with error correction and pauses (DTX). */
export const microphoneParameters = (ssrc: number): MediaParameters => ({
  mid: '0',
  codecs: [
    {
      mimeType: 'audio/opus',
      payloadType: DEFAULT_RTP_PAYLOAD_TYPE,
      clockRate: RTP_CLOCK_RATE,
      channels: 2,
      parameters: { useinbandfec: 1, usedtx: 1 },
    },
  ],
  headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: LEVEL_EXTENSION_ID }],
  encodings: [{ ssrc, dtx: true }],
  rtcp: { cname: 'bot' },
});
