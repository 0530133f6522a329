import { parse } from 'sdp-transform';
import { HttpRefusal } from '../http/refusals.ts';

const refuse = (message: string): never => {
  throw new HttpRefusal(400, { code: 'invalid_offer', message, param: 'sdp' });
};

/**
 * An offer that can be answered: an audio line with Opus, ICE credentials, a fingerprint. Returns it without its
 * candidates: a lite agent checks none (RFC 8445 section 2.5), and a browser's `.local` names mean nothing here.
 * Throws HttpRefusal 400.
 */
export function readOffer(sdp: string): string {
  if (!sdp.startsWith('v=0')) refuse('The offer is not SDP: it must begin with v=0.');
  const { media, iceUfrag, fingerprint } = parseOffer(sdp);
  const audio = media.find(({ type, port }) => type === 'audio' && port !== 0);
  if (!audio) return refuse('The offer has no audio line.');
  if (!audio.rtp.some(({ codec }) => codec.toLowerCase() === 'opus'))
    refuse('The audio line of the offer has no Opus.');
  if (!(audio.iceUfrag ?? iceUfrag)) refuse('The offer has no ICE credentials.');
  if (!(audio.fingerprint ?? fingerprint)) refuse('The offer has no DTLS fingerprint.');
  if (!media.some(({ type, port }) => type === 'application' && port !== 0))
    refuse("The offer has no data channel: create 'oai-events' before the offer.");
  const lines = sdp.split(/\r?\n/).filter((line) => line && !/^a=(candidate|end-of-candidates)/.test(line));
  return `${lines.join('\r\n')}\r\n`;
}

function parseOffer(sdp: string) {
  try {
    return parse(sdp);
  } catch {
    return refuse('The offer cannot be read.');
  }
}
