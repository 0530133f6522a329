import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readEnv } from '@parley/kit/env';
import { Scope } from '@parley/kit/scope';
import { LauncherConfig } from '../config.ts';
import { LogBook } from '../logs/LogBook.ts';
import { LogView } from '../logs/LogView.ts';
import type { Options } from '../options.ts';
import type { Setup } from '../setup/Setup.ts';
import type { GaveUp } from './keepRunning.ts';
import { startAll } from './startAll.ts';

const UNDER_WAY_MS = 5_000;

/** Runs until told to stop by the setup's signal (returns 0) or until a process cannot be kept running (throws). */
export async function runStart(setup: Setup, options: Options, colour: boolean): Promise<number> {
  const { root, env, terminal, signal } = setup;
  const dataDir = resolve(root, options.data ?? '.data');
  const config = readEnv('launcher', LauncherConfig, env);
  const level = config.LOG_LEVEL ?? 'warn';
  const logs = new LogBook(resolve(dataDir, 'logs'), new LogView({ terminal, colour, level }));
  const scope = new Scope();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined); // looked at below
  const giveUp = (error: GaveUp) => failed.reject(error);
  const asked = new Promise<void>((stop) => signal.addEventListener('abort', () => stop(), { once: true }));
  const starting = startAll({ ...setup, config, dataDir, logs, scope, giveUp }, options);
  try {
    await Promise.race([starting, failed.promise, asked]);
    await Promise.race([failed.promise, asked]);
    return 0;
  } finally {
    const { used } = logs;
    if (used) terminal.step('Stopping, the data is kept');
    await scope.close();
    // What was under way ends by the signal or by the scope; its locks and half-made files are put away.
    await Promise.race([starting.catch(() => undefined), delay(UNDER_WAY_MS)]);
    logs.close();
    if (used) terminal.note('stopped');
  }
}
