import { AppError } from '@parley/contract';
import { parse, type SessionDescription } from 'sdp-transform';

/** Far above any real offer; a longer one costs the parser more than it is worth. */
export const MAX_SDP_BYTES = 65_536;
/** Media lines that an offer may have: the audio, a data channel, and a few that are refused (video). */
const MAX_MEDIA_LINES = 16;

type MediaLine = SessionDescription['media'][number];

/** What matters of a plain peer's offer. */
export interface Offer {
  /** Whether the peer sends its microphone, and whether it wants to hear. */
  sends: boolean;
  receives: boolean;
}

/** Reads an SDP offer (RFC 8866, RFC 8829). Throws AppError `bad-sdp` that names what is wrong. */
export function readOffer(sdp: string): Offer {
  const bytes = Buffer.byteLength(sdp);
  if (bytes > MAX_SDP_BYTES) refuse(`The offer is too long (${bytes} of ${MAX_SDP_BYTES} bytes).`);
  if (!sdp.startsWith('v=0')) refuse('This is not SDP: it must begin with v=0.');
  const { media, iceUfrag, icePwd, fingerprint, setup } = readSdp(sdp);
  if (media.length === 0) refuse('The offer has no media line. Add an audio track or transceiver first.');
  if (media.length > MAX_MEDIA_LINES)
    refuse(`The offer has ${media.length} media lines; ${MAX_MEDIA_LINES} are allowed.`);
  const audio = media.find(({ type, port }) => type === 'audio' && port !== 0);
  if (!audio) refuse('The offer has no audio line. Add an audio track or transceiver first.');
  if (!audio.rtp?.some(({ codec }) => codec.toLowerCase() === 'opus'))
    refuse('The audio line of the offer has no Opus; nothing else is spoken here.');
  if (!audio.protocol?.includes('SAVP'))
    refuse('The audio line is not encrypted: UDP/TLS/RTP/SAVPF is needed.');
  if (!(audio.iceUfrag ?? iceUfrag) || !(audio.icePwd ?? icePwd))
    refuse('The offer has no ICE credentials (a=ice-ufrag, a=ice-pwd).');
  if (!(audio.fingerprint ?? fingerprint)) refuse('The offer has no DTLS fingerprint (a=fingerprint).');
  // An offer leaves the DTLS role open (RFC 8842 section 5.2); a fixed one is the mark of an answer.
  const role = audio.setup ?? setup;
  if (role !== undefined && role !== 'actpass')
    refuse(`This is not an offer: a=setup:${role} belongs in an answer.`);
  return { sends: sendsMedia(audio), receives: receivesMedia(audio) };
}

const sendsMedia = ({ direction = 'sendrecv' }: MediaLine) =>
  direction === 'sendrecv' || direction === 'sendonly';
const receivesMedia = ({ direction = 'sendrecv' }: MediaLine) =>
  direction === 'sendrecv' || direction === 'recvonly';

function readSdp(sdp: string): SessionDescription {
  try {
    return parse(sdp);
  } catch (error) {
    throw new AppError('bad-sdp', 'The offer could not be read: it is not SDP.', { cause: error });
  }
}

function refuse(words: string): never {
  throw new AppError('bad-sdp', words);
}
