import { randomInt } from 'node:crypto';
import { RTP_CLOCK_RATE } from '@parley/contract';
import type { types } from 'mediasoup';

/** Opus is always announced with two channels, whatever it carries (RFC 7587 section 7). */
const OPUS = { mimeType: 'audio/opus', clockRate: RTP_CLOCK_RATE, channels: 2 } as const;
const PAYLOAD_TYPE = 100;

/** What a router forwards: Opus with in-band FEC, silent while nobody speaks (DTX). */
export const ROUTER_CODECS: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    ...OPUS,
    preferredPayloadType: PAYLOAD_TYPE,
    parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
  },
];

/** RTP parameters of a stream that this process makes, with an SSRC of its own. */
export function opusParameters({
  levelExtensionId,
}: { levelExtensionId?: number } = {}): types.RtpParameters {
  return {
    codecs: [
      { ...OPUS, payloadType: PAYLOAD_TYPE, parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 } },
    ],
    headerExtensions:
      levelExtensionId === undefined
        ? []
        : [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: levelExtensionId }],
    encodings: [{ ssrc: randomInt(1, 2 ** 32 - 1) }],
    rtcp: { cname: 'parley' },
  };
}
