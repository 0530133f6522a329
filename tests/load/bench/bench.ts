/**
 * `npm run bench -- <name> [options]`: what things cost. Prints figures in CPU time with the load average beside them, and
 * never fails on one. Each is a program of its own, too: `node tests/load/bench/<name>.ts`. See docs/load.md.
 */
import { resolve } from 'node:path';

const BENCHES: Readonly<Record<string, readonly [file: string, words: string]>> = {
  mixer: ['mixer.ts', 'the mixer alone, packets in memory: CPU for each room and frame, by stage'],
  idle: ['idle.ts', 'rooms in which nothing happens, and empty ones, in the whole product'],
  participants: ['participants.ts', 'how the cost of a room grows with the people in it'],
  events: ['events.ts', 'the event writer: rows a second, CPU for each row, lag'],
  memory: ['memory.ts', 'what a room costs in memory of the mixer'],
  audio: ['../audio-bench.ts', 'each piece of the audio path by itself'],
  append: ['../appendAudio.ts', "sending a room's mix to the provider, by size of the messages"],
  attribution: ['../attribution/bench.ts', 'how well turns are told apart and given to who spoke them'],
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench) {
  const file = resolve(import.meta.dirname, bench[0]);
  process.argv = [process.execPath, file, ...args];
  await import(file);
} else {
  const lines = Object.entries(BENCHES).map(([each, [, words]]) => `  ${each.padEnd(14)}${words}`);
  process.stderr.write(
    `${[
      'npm run bench -- <name> [options]',
      ...lines,
      'Whole stack, join storms: npm run load -- --help. Barge-in: npm run bench:barge-in.',
    ].join('\n')}\n`,
  );
  process.exitCode = name === '' ? 0 : 2;
}
