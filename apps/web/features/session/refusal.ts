import { AppError, type ErrorCode, type Goodbye } from '@parley/contract';
import { describeProblem } from '../../lib/problem.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { Over } from './sessionModel.ts';

/** Codes after which knocking again cannot help. Everything else is tried again with growing pauses. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'bad-token',
  'forbidden',
  'removed',
  'session-locked',
  'session-not-found',
  'participant-not-found',
  'session-ended',
  'session-full',
  'protocol-mismatch',
  'bad-request',
]);

/** What the hub's last words mean for this device; undefined when another hub takes over. */
export function finalGoodbye(goodbye: Goodbye, leaving: boolean): Over | undefined {
  switch (goodbye.why) {
    case 'session-ended':
      return { why: 'ended', reason: goodbye.reason };
    case 'replaced':
      return { why: 'replaced' };
    case 'removed':
      return { why: 'removed' };
    case 'left':
      return { why: leaving ? 'left' : 'removed' };
    case 'hub-stopping':
      // The socket closes next, and that is handled like any lost socket.
      return undefined;
    default:
      return unreachable(goodbye);
  }
}

/** What an error of `session:join` means for this device; undefined when it should be tried again. */
export function finalRefusal(error: unknown): Over | undefined {
  if (!(error instanceof AppError) || !FINAL.has(error.code)) return undefined;
  if (error.code === 'session-ended') return { why: 'ended', reason: null };
  if (error.code === 'removed') return { why: 'removed' };
  const expired = error.code === 'participant-not-found' || error.code === 'forbidden';
  const problem = describeProblem(expired ? new AppError('bad-token', error.message) : error);
  return { why: 'refused', problem, reload: error.code === 'protocol-mismatch' };
}
