import { AppError } from '@parley/contract';
import type { MediaCommand, Role } from '@parley/contract';

/** What a role may not do. */
export function checkMayEnd(role: Role): void {
  if (role !== 'owner')
    throw new AppError('forbidden', 'Only the owner can end the session. You can leave it.');
}

export function checkMayUse(role: Role, command: MediaCommand): void {
  if (role === 'listener' && command === 'media:produce')
    throw new AppError('forbidden', 'A listener has no microphone here. Join as a speaker to talk.');
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
