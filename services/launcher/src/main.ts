import { resolve } from 'node:path';
import { ConfigError } from '@parley/kit/env';
import { HELP, readOptions, UsageError, type Options } from './options.ts';
import { CommandFailed } from './processes/runCommand.ts';
import { ensureMediasoupWorker } from './setup/mediasoupWorker.ts';
import { ensurePrismaClient } from './setup/prismaClient.ts';
import { SetupError, type Setup } from './setup/Setup.ts';
import { readEnvironment } from './start/envFile.ts';
import { runStart } from './start/runStart.ts';
import { GaveUp } from './start/keepRunning.ts';
import { MigrationError } from './servers/migrations.ts';
import { stopSignals } from './stopSignals.ts';
import { ScreenTerminal } from './terminal/Terminal.ts';
import { runTests } from './tests/runTests.ts';

const root = resolve(import.meta.dirname, '../../..');
const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const terminal = new ScreenTerminal({
  stream: process.stdout,
  rich: colour,
  columns: () => process.stdout.columns,
});

async function run(options: Options, signal: AbortSignal): Promise<number> {
  // What a developer keeps in .env, such as a database or a key, is no business of the tests.
  const { env, unknown } =
    options.command === 'test' ? { env: process.env, unknown: [] } : await readEnvironment(root, process.env);
  if (unknown.length > 0)
    terminal.warn(`.env has keys that nobody reads: ${unknown.join(', ')}. See .env.example.`);
  const setup: Setup = { root, env, terminal, signal };
  switch (options.command) {
    case 'start':
      return runStart(setup, options, colour);
    case 'test':
      return runTests(setup, options.rest);
    case 'setup':
      await ensureMediasoupWorker(setup);
      await ensurePrismaClient(setup);
      return 0;
    default:
      return options.command satisfies never;
  }
}

/** Errors that were written for the person at the terminal need no stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = [SetupError, UsageError, ConfigError, CommandFailed, GaveUp, MigrationError].some(
    (kind) => error instanceof kind,
  );
  return known ? error.message : (error.stack ?? error.message);
}

async function main(): Promise<number> {
  const signal = stopSignals();
  try {
    const options = readOptions(process.argv.slice(2));
    if (!options.help) return await run(options, signal);
    terminal.line(HELP);
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    terminal.line(`\n${explain(error)}\n`);
    return 1;
  }
}

process.exit(await main());
