import { parse, write } from 'sdp-transform';

export interface Reachable {
  listenIp: string;
  announcedAddress: string | undefined;
}

/** True for an address that means "every interface" and cannot be a candidate itself. */
export const isEverywhere = (ip: string): boolean => ip === '0.0.0.0' || ip === '::';

/**
 * The answer as the peer should see it: only candidates on the address that we listen on, under the name by which
 * the world knows it.
 */
export function announceCandidates(sdp: string, { listenIp, announcedAddress }: Reachable): string {
  const description = parse(sdp);
  for (const media of description.media) {
    const own = (media.candidates ?? []).filter(({ ip }) => isEverywhere(listenIp) || ip === listenIp);
    const announced = own.map((candidate) => ({ ...candidate, ip: announcedAddress ?? candidate.ip }));
    media.candidates = announced.filter(
      ({ ip, port }, index) =>
        announced.findIndex((other) => other.ip === ip && other.port === port) === index,
    );
  }
  return write(description);
}

/** How many ways to reach us an SDP offers. */
export const countCandidates = (sdp: string): number =>
  parse(sdp).media.reduce((sum, { candidates = [] }) => sum + candidates.length, 0);
