import { AppError, type ErrorCode } from '@parley/contract';
import { describeProblem } from '../../lib/problem.ts';
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

/** What an error of `session:join` means for this device; undefined when it should be tried again. */
export function finalRefusal(error: unknown): Over | undefined {
  if (!(error instanceof AppError) || !FINAL.has(error.code)) return undefined;
  if (error.code === 'session-ended') return { why: 'ended', reason: null };
  if (error.code === 'removed') return { why: 'removed' };
  const expired = error.code === 'participant-not-found' || error.code === 'forbidden';
  const problem = describeProblem(expired ? new AppError('bad-token', error.message) : error);
  return { why: 'refused', problem, reload: error.code === 'protocol-mismatch' };
}
