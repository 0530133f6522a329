import { join } from 'node:path';
import { runCommand } from '../processes/runCommand.ts';
import type { Setup } from './Setup.ts';

const DOWNLOAD_MS = 60_000;
/** Its own build fetches Python packages and sources and compiles for minutes. */
const OWN_BUILD_MS = 45 * 60_000;

/**
 * Runs mediasoup's own install script: it downloads a prebuilt worker, or else builds one with tools that it downloads.
 * `mayBuild` false stops it before that build, for where a better way is at hand. Rejects when it brought no worker.
 */
export async function runMediasoupInstall(
  { terminal, env, signal }: Setup,
  mediasoupDir: string,
  mayBuild: boolean,
): Promise<void> {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(new Error('The download took too long')), DOWNLOAD_MS);
  try {
    await runCommand(process.execPath, [join(mediasoupDir, 'npm-scripts.mjs'), 'postinstall'], {
      cwd: mediasoupDir,
      env: { ...env, MEDIASOUP_WORKER_BIN: undefined },
      deadlineMs: OWN_BUILD_MS,
      signal: AbortSignal.any([signal, stop.signal]),
      onLine: (line) => {
        terminal.progress(line);
        if (!line.includes('building it locally')) return;
        clearTimeout(late);
        if (!mayBuild) stop.abort(new Error('No prebuilt worker could be downloaded'));
      },
    });
  } finally {
    clearTimeout(late);
  }
}
