import { availableParallelism, loadavg } from 'node:os';
import { median } from '../../support/audio/follow.ts';
import { row, table } from './figures.ts';
import type { Heard, Parts } from './score.ts';
import type { NoCut } from './scoreCut.ts';
import type { Wholeness } from './wholeness.ts';

const HEAD = ['ms', 'n', 'p50', 'p95', 'most'];
const print = (text: string) => process.stdout.write(`\n${text}\n`);

/** `scored`: for each interruption what each listener heard. */
export function printInterrupted(scored: readonly (readonly (Heard | NoCut)[])[], minSpeechMs: number): void {
  const isHeard = (each: Heard | NoCut | undefined) => typeof each === 'object';
  const listeners = scored[0]?.length ?? 0;
  const of = (listener: number) => scored.map((each) => each[listener]).filter(isHeard);
  const all = scored.flat().filter(isHeard);
  const part = (name: string, key: keyof Parts) =>
    row(
      name,
      all.map(({ parts }) => parts[key]),
    );
  const numbers = Array.from({ length: listeners }, (_, listener) => listener);
  print(
    [
      `Barge-in: ${scored.length} interruptions, ${listeners} listeners, speech counts from ${minSpeechMs} ms on`,
      '',
      table(HEAD, [
        ...numbers.flatMap((listener) => [
          row(
            `first sound to lowered, listener ${listener + 1}`,
            of(listener).map(({ loweredMs }) => loweredMs),
          ),
          row(
            `first sound to silence, listener ${listener + 1}`,
            of(listener).map(({ silentMs }) => silentMs),
          ),
        ]),
        part('  network and jitter buffer, in', 'inMs'),
        part('  until the reply is lowered', 'lowerMs'),
        part('  until the reply is cut', 'cutMs'),
        part('  network, jitter buffer and playout, out', 'outMs'),
        part('    of that, the jitter buffer', 'bufferMs'),
        ...numbers.map((listener) =>
          row(
            `truncation error, listener ${listener + 1}`,
            of(listener).map(({ truncationMs }) => truncationMs && Math.abs(truncationMs)),
          ),
        ),
      ]),
      '',
      `not silenced: ${which(scored, 'never')} · reply not found: ${which(scored, 'reply')}`,
      // Two browsers, the servers and the scene want about one processor; with more than there is all delays grow.
      `load of the machine in the last minute: ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors`,
    ].join('\n'),
  );
}

/** The numbers of the interruptions. */
function which(scored: readonly (readonly (Heard | NoCut)[])[], why: NoCut): string {
  const numbers = scored.flatMap((each, trial) => (each.includes(why) ? [trial + 1] : []));
  return numbers.length === 0 ? 'none' : `number ${numbers.join(', ')}`;
}

/** `scored`: each interruption that was none, as each listener heard it. */
export function printFalse(
  kinds: readonly string[],
  scored: readonly ({ kind: string } & Wholeness)[],
): void {
  const rows = kinds.map((kind) => {
    const of = scored.filter((each) => each.kind === kind);
    const most = (key: 'skippedMs' | 'doubledMs' | 'unplaced') => Math.max(...of.map((each) => each[key]));
    const paused = of.filter(({ pauses }) => pauses > 0).length;
    const likeness = median(of.map(({ score }) => score)).toFixed(2);
    return [kind, of.length, paused, most('skippedMs'), most('doubledMs'), most('unplaced'), likeness].map(
      String,
    );
  });
  print(
    [
      'No interruption: the reply as it was heard, beside the reply as it was made',
      '',
      table(['', 'heard', 'paused', 'skipped ms', 'doubled ms', 'unplaced', 'likeness'], rows),
    ].join('\n'),
  );
}
