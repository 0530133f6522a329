/**
 * `npm run load -- --rooms 50 --participants 4 --talkers 1.4 --seconds 60 [--hub URL] [--json] [--soak]`: bots that speak
 * recorded Opus by turns in many rooms at once, and what that costs. Without `--hub` the product is started on this
 * machine, loopback only, and stopped again. See docs/load.md for the method.
 */
import { readOptions } from './options.ts';
import { run } from './run.ts';
import { table } from './report.ts';

const options = readOptions(process.argv.slice(2));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
const report = await run(options, interrupted.signal, (line) => process.stderr.write(line));
process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : table(report)}\n`);
process.exitCode = report.errors.length > 0 ? 1 : 0;
