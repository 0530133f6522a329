/**
 * `npm run load:peers -- [--rooms 20] [--participants 4] [--talkers 1.4] [--seconds 40] [--rounds 2] [--json]`: the same
 * bots in rooms of Parley and of Janus AudioBridge, in turn, and what either of them needs for it. See docs/load.md.
 */
import { Scope } from '@parley/kit/scope';
import { SetupError } from '@parley/launcher/setup/Setup';
import { loadAverage, machine } from '../tool/report.ts';
import { CYCLE_MS } from '../tool/script.ts';
import { loadVoices } from '../tool/voices.ts';
import type { Round } from './figures.ts';
import { Janus } from './janus/Janus.ts';
import { conditions } from './conditions.ts';
import { readOptions } from './options.ts';
import { Parley } from './parley/Parley.ts';
import { playRound } from './round.ts';
import { compare, print } from './table.ts';

/** The assistant's part of the time, as in the load tool's scenario. */
const ANSWER_SHARE = 0.3;
/** On top of what is measured: starting, joining, stopping. */
const SPARE_MS = 5 * 60_000;

const options = readOptions(process.argv.slice(2));
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interrupted.abort(new Error('Interrupted.')));
const withinMs = options.rounds * 2 * (options.seconds * 1000 + 30_000) + SPARE_MS;
const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(withinMs)]);
const say = (text: string) => process.stderr.write(text);

const loadBefore = loadAverage();
const scope = new Scope();
try {
  const voices = await loadVoices();
  const answer = voices.at(-1)?.packets.slice(0, (CYCLE_MS * ANSWER_SHARE) / 20) ?? [];
  // First, as it may not be there.
  const janus = scope.own(await Janus.start(answer));
  signal.throwIfAborted();
  say('starting Parley …\n');
  const parley = scope.own(await Parley.start(options.rooms, options.participants));
  const rounds: Record<'parley' | 'janus', Round[]> = { parley: [], janus: [] };
  for (let round = 0; round < options.rounds; round++) {
    const run = { options, voices, signal, say };
    rounds.parley.push(await playRound(parley, round === 0, run));
    rounds.janus.push(await playRound(janus, round === 0, run));
  }
  const rows = compare(rounds.parley, rounds.janus);
  const about = { machine: machine(loadBefore), options, peer: janus.name, conditions };
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...about, rows, rounds }, null, 2)}\n`
      : `${about.machine.cpu}, ${about.machine.cores} cores, load average before ${loadBefore.toFixed(1)}\n${options.rooms} rooms × ${options.participants}, ${options.talkers} talk, ${options.rounds} × ${options.seconds} s each\n\n${print(rows, janus.name)}\n\n${conditions.join('\n')}\n`,
  );
} catch (error) {
  const why: unknown = signal.aborted ? signal.reason : error;
  const told = signal.aborted || error instanceof SetupError;
  say(`\n${why instanceof Error ? (!told && why.stack) || why.message : String(why)}\n`);
  process.exitCode = 1;
} finally {
  await scope.close();
}
