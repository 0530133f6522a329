import { findProgram } from '../servers/binaries.ts';
import type { Setup } from './Setup.ts';
import { ensurePackages } from './systemPackages.ts';

/** Installs a Redis server where that may be done unasked. Without one a start goes on, so nothing here is an error. */
export async function ensureRedisServer(setup: Setup): Promise<boolean> {
  const { env, terminal, signal } = setup;
  if (findProgram(['valkey-server', 'redis-server'], env['PATH'] ?? '')) return true;
  try {
    return await ensurePackages(setup, { purpose: 'for a real Redis', packages: ['redis-server'] });
  } catch (error) {
    signal.throwIfAborted();
    terminal.warn(error instanceof Error ? error.message : String(error));
    return false;
  }
}
