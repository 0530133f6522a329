import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where things are kept that outlive a checkout. PARLEY_CACHE_DIR, else the place of the XDG base directory
 * specification, else ~/.cache.
 */
export function cacheDir(env: Readonly<NodeJS.ProcessEnv>): string {
  if (env['PARLEY_CACHE_DIR']) return resolve(env['PARLEY_CACHE_DIR']);
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return resolve(base, 'parley');
}
