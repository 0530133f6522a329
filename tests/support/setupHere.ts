import { join } from 'node:path';
import type { Setup } from '@parley/launcher/setup/Setup';
import { ScreenTerminal } from '@parley/launcher/terminal/Terminal';

/** The launcher's setup for this checkout. `npm test` has done it all before; with vitest alone it is done here. */
export function setupHere(): Setup {
  const screen = { stream: process.stdout, rich: false, columns: () => 110 };
  return {
    root: join(import.meta.dirname, '../..'),
    env: process.env,
    terminal: new ScreenTerminal(screen),
    signal: new AbortController().signal,
  };
}
