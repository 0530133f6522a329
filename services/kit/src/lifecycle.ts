import type { Log } from './log.ts';
import type { Scope } from './scope.ts';

/**
 * Runs `start`, then waits for SIGINT or SIGTERM and closes the scope. A second signal, or a close that takes longer
 * than `closeWithinMs`, ends the process at once with code 1.
 */
export async function runService(
  log: Log,
  scope: Scope,
  start: () => Promise<void>,
  closeWithinMs = 10_000,
): Promise<void> {
  const stop = (signal: string) => {
    if (scope.closed) process.exit(1);
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ closeWithinMs }, 'close took too long');
      process.exit(1);
    }, closeWithinMs).unref();
    scope.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'close failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGTERM', () => stop('SIGTERM'));
  try {
    await start();
  } catch (error) {
    log.fatal({ err: error }, 'start failed');
    await scope.close().catch(() => undefined);
    process.exit(1);
  }
}
