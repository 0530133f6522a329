import type { AudioCounts } from '@parley/mixer/room/AudioTotals';
import { errorsOf, joined, mean, quantile, type Score, turnError, type TurnScore } from './score.ts';
import type { Network } from './StagedDevice.ts';

/** What one network came to. */
export interface Row {
  network: Network;
  score: Score;
  /** What the jitter buffers saw. */
  lost: AudioCounts;
  /** Whether this process kept up: CPU in cores, times in ms. */
  load: {
    seconds: number;
    cpu: number;
    frameLateP99Ms: number;
    framesSkipped: number;
    sentLateP99Ms: number;
  };
}

const HEAD = [
  'turns',
  'turn error',
  'share error: mean, p95',
  'without loudness',
  'overlap error: mean, p95',
];

/** Errors in percentage points. `sameName`: the numbers of two speakers with one name. */
export function printReport(rows: readonly Row[], sameName: readonly [number, number]): void {
  const all = joined(rows.map(({ score }) => score));
  const byKind = Map.groupBy(all.turns, ({ turn }) => turn.kind);
  const namesakes = all.turns.filter(({ turn }) => sameName.every((speaker) => turn.shares.has(speaker)));
  const lines = [
    ...table(
      'loss, jitter',
      rows.map(({ network, score }) => [nameOf(network), score]),
    ),
    '',
    ...table('kind of turn, all losses', [
      ...[...byKind].map(([kind, turns]): [string, Score] => [kind, { turns, spurious: 0 }]),
      ['both of one name', { turns: namesakes, spurious: 0 }],
    ]),
    '',
    ...rows.map(loadLine),
    ...rows.flatMap(({ network, score }) => faults(nameOf(network), score)),
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

const table = (what: string, rows: readonly (readonly [string, Score])[]): string[] => [
  line([what, ...HEAD]),
  line(['---', ...HEAD.map(() => '---:')]),
  ...rows.map(([name, score]) =>
    line([
      name,
      `${score.turns.length}`,
      `${(100 * turnError(score)).toFixed(2)} %`,
      spread(errorsOf(score, 'share')),
      spread(errorsOf(score, 'timeShare')),
      spread(errorsOf(score, 'overlap')),
    ]),
  ),
];

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function faults(where: string, { turns, spurious }: Score): string[] {
  const wrong = turns.filter((turn): turn is TurnScore & { fault: string } => turn.fault !== undefined);
  return [
    ...wrong.map(({ turn, fault }) => `${where}: a turn of kind ${turn.kind} is wrong: ${fault}`),
    ...(spurious > 0 ? [`${where}: ${spurious} turns that were none`] : []),
  ];
}

function loadLine({ network, lost, load }: Row): string {
  const missing = percent(lost.lost / Math.max(1, lost.received + lost.lost));
  return (
    `${nameOf(network)}: ${missing} of the packets missing, ${lost.late} late, ` +
    `${lost.recovered} frames from FEC, ${lost.concealed} concealed; ${load.seconds.toFixed(0)} s, ` +
    `${load.cpu.toFixed(2)} cores here, packets sent late p99 ${load.sentLateP99Ms.toFixed(1)} ms, ` +
    `frames late p99 ${load.frameLateP99Ms} ms, ${load.framesSkipped} skipped`
  );
}

const nameOf = ({ loss, jitterMs }: Network): string => `${percent(loss)}, 0…${jitterMs} ms`;
const percent = (part: number): string => `${Number((100 * part).toFixed(1))} %`;
const spread = (points: readonly number[]): string =>
  `${mean(points).toFixed(2)}, ${quantile(points, 0.95).toFixed(2)}`;
