import type { Scope } from '@parley/kit/scope';
import type { LogBook } from '../logs/LogBook.ts';
import type { LauncherConfig } from '../config.ts';
import { Supervised, type Running } from '../processes/Supervised.ts';
import type { Setup } from '../setup/Setup.ts';

/** Something that was running cannot be kept running. The message has the process's last words. */
export class GaveUp extends Error {
  override name = 'GaveUp';
}

/** What the parts of a start share: the setup's means, the logs, and the scope that stops in reverse what was started. */
export interface Start extends Setup {
  config: LauncherConfig;
  /** Absolute. */
  dataDir: string;
  logs: LogBook;
  scope: Scope;
  /** Called when a process cannot be kept running: everything must end. */
  giveUp: (error: GaveUp) => void;
}

/** Starts a process or server, stops it with the scope, restarts it when it dies. Resolves when it is ready (L4). */
export async function keepRunning(
  start: Start,
  name: string,
  launch: (signal: AbortSignal) => Promise<Running>,
): Promise<void> {
  const { scope, terminal, logs, signal } = start;
  const log = logs.writer('launcher', 'info');
  const supervised = new Supervised({ name, launch });
  scope.add(() => supervised.stop());
  supervised.events.on('died', (exit, inMs) => {
    log.error({ process: name, ...exit, inMs }, 'process died, starting it again');
  });
  supervised.events.on('restarted', () => log.warn({ process: name }, 'process is ready again'));
  supervised.events.on('failed', (error) => start.giveUp(withLastWords(start, name, error)));
  try {
    await supervised.start();
  } catch (error) {
    signal.throwIfAborted();
    throw withLastWords(start, name, error);
  }
  log.info({ process: name }, 'process is ready');
  terminal.note(`${name} is ready`);
}

function withLastWords({ logs }: Start, name: string, error: unknown): GaveUp {
  const { tail, path } = logs.of(name);
  const why = error instanceof Error ? error.message : String(error);
  const words = tail.length > 0 ? ['Its last words:', ...tail.map((line) => `    ${line}`)] : [];
  return new GaveUp([`${why}.`, ...words, `The whole log: ${path}`].join('\n'), { cause: error });
}
