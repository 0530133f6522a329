import { createHmac } from 'node:crypto';
import type { IceServer, ParticipantId } from '@parley/contract';

export interface IceOptions {
  /** Given to everybody as they are. */
  fixed: readonly IceServer[];
  /** TURN servers that share `secret` with us; none without it. */
  turnUrls: readonly string[];
  secret: string | undefined;
  ttlSeconds: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * The ICE servers of one participant. TURN credentials are made on the spot and run out by themselves
 * (draft-uberti-behave-turn-rest-00): the user is "expiry:participant", in seconds since the epoch, the password is the
 * base64 HMAC-SHA1 of that under the secret that the TURN server knows too (coturn's `static-auth-secret`).
 */
export function createIceServers(options: IceOptions): (participant: ParticipantId) => IceServer[] {
  const { fixed, turnUrls, secret, ttlSeconds, now } = options;
  if (secret === undefined || turnUrls.length === 0) return () => [...fixed];
  return (participant) => {
    const username = `${Math.floor(now() / 1_000) + ttlSeconds}:${participant}`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    return [...fixed, { urls: [...turnUrls], username, credential }];
  };
}
