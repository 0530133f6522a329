/**
 * `npm run load -- --rooms 50 --participants 4 --talkers 1.4 --seconds 60 [--join webrtc|rtp] [--storm] [--hub URL]
 * [--json] [--soak]`: bots that speak recorded Opus by turns in many rooms at once, and what that costs. Without `--hub`
 * the product is started on this machine, loopback only, and stopped again. See docs/load.md for the method.
 */
import { platform } from 'node:os';
import { messageOf } from './messageOf.ts';
import { BadOptions, readOptions } from './options.ts';
import { Progress } from './Progress.ts';
import { run } from './run.ts';
import { table } from './table.ts';

/** As shells have it: the command was not understood. */
const MISUSED = 2;

async function load(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.hub === undefined && platform() !== 'linux')
    throw new BadOptions('What processes cost is read from /proc: without --hub this runs on Linux alone.');
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const report = await run(options, interrupted.signal, new Progress(process.stderr));
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : table(report)}\n`);
  return report.errors.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await load();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = error instanceof BadOptions ? MISUSED : 1;
}
