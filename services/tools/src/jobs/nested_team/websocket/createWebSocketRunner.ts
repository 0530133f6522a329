import type { Runner } from '../../Runner.ts';
import { TeamJob, type WebSocketOptions } from './TeamJob.ts';

const DEFAULTS = { openMs: 10_000, pingMs: 15_000, retryMs: 250, lostMs: 60_000 };

/**
 * Gives jobs to a team that exists already, behind a WebSocket (`ws:` or `wss:`): one connection for each job. A repeat is
 * harmless, as far as the team knows the job again by its ID.
 */
export function createWebSocketRunner(
  options: Pick<WebSocketOptions, 'url' | 'token'> & Partial<WebSocketOptions>,
): Runner<'nested_team'> {
  return {
    kind: 'nested_team',
    repeatable: true,
    run: (run) => new TeamJob(run, { ...DEFAULTS, ...options }).run(),
  };
}
