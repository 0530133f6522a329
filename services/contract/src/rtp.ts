import { z } from 'zod';
import { ParticipantId } from './ids.ts';
import { ParticipantName } from './session.ts';

const address = z.union([z.ipv4(), z.ipv6()]);
const port = z.number().int().min(1).max(65_535);
/**
 * RFC 3551 section 3 leaves 96…127 to be agreed on; with RTCP on the same port nothing below collides with them (RFC 5761
 * section 4).
 */
const payloadType = z.number().int().min(96).max(127);
const ssrc = z.number().int().min(1).max(0xffff_ffff);

export const DEFAULT_RTP_PAYLOAD_TYPE = 111;

/** What a plain RTP participant says of itself. All of it is Opus at a clock of 48 kHz (RFC 7587). */
export const RtpWishes = z.object({
  /** Where it wants to hear: one stream of 20 ms packets. */
  ip: address,
  port,
  /** Of what it sends and of what it hears. */
  payloadType: payloadType.default(DEFAULT_RTP_PAYLOAD_TYPE),
  /** Of what it sends; without it the one that sends is taken, and another one when that has fallen silent. */
  ssrc: ssrc.optional(),
  /** ID of the `ssrc-audio-level` header extension (RFC 6464) in what it sends, if that has one. */
  audioLevelExtId: z.number().int().min(1).max(14).optional(),
});
export type RtpWishes = z.infer<typeof RtpWishes>;

/** Where it sends to, and the payload type and SSRC of what it hears. */
export const RtpAddress = z.object({ ip: z.string(), port, payloadType, ssrc });
export type RtpAddress = z.infer<typeof RtpAddress>;

/** Body of `POST /api/sessions/:id/rtp`, which needs the owner token. */
export const AddRtpParticipant = z.strictObject({ name: ParticipantName, ...RtpWishes.shape });
export type AddRtpParticipant = z.infer<typeof AddRtpParticipant>;

export const AddedRtpParticipant = RtpAddress.extend({ participantId: ParticipantId });
export type AddedRtpParticipant = z.infer<typeof AddedRtpParticipant>;
