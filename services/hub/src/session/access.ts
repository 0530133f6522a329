import { AppError } from '@parley/contract';
import type { MediaCommand, Role } from '@parley/contract';

/** What is answered while Redis is away. */
export const noMemory = () =>
  new AppError('not-ready', 'The server cannot reach its memory right now. Try again in a moment.');

/** What a role may not do. */
export function checkMayEnd(role: Role): void {
  if (role !== 'owner')
    throw new AppError('forbidden', 'Only the owner can end the session. You can leave it.');
}

export function checkMayConfigure(role: Role): void {
  if (role !== 'owner')
    throw new AppError('forbidden', 'Only the owner can change how the assistant takes part.');
}

export function checkMayModerate(role: Role): void {
  if (role !== 'owner') throw new AppError('forbidden', 'Only the owner can do that to others.');
}

export function checkMayUse(role: Role, command: MediaCommand): void {
  if (role === 'listener' && command === 'media:produce')
    throw new AppError('forbidden', 'A listener has no microphone here. Join as a speaker to talk.');
}

export function checkMayGroup(role: Role): void {
  if (role === 'listener')
    throw new AppError('forbidden', 'Listeners cannot group devices. Join as a speaker to do that.');
}

/**
 * Refuses what cannot be an offer of audio, before a room is opened and a provider connected for it. The rest is the
 * mixer's to judge (RFC 8866: the version comes first, each medium begins with `m=`).
 */
export function checkOffer(sdp: string): void {
  if (!/^v=0\r?\n/.test(sdp)) throw new AppError('bad-sdp', 'This is no SDP: it does not begin with v=0.');
  if (!/^m=audio /m.test(sdp))
    throw new AppError('bad-sdp', 'The offer has no audio. Add one sendrecv audio line.');
}

/**
 * Whether a page of this origin may talk to the hub: one of its own address, or one that is allowed by name. Programs
 * send no origin; they have no user whose cookies or microphone could be misused.
 */
export function mayConnect(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
