import type { AudioCounts } from '@parley/mixer/room/AudioTotals';
import { mean, quantile, type Score, turnError } from './score.ts';
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

export function printTable(rows: readonly Row[]): void {
  const lines = [
    '| loss | jitter ms | turns | turn error | share error, points: mean, p95 | by time alone: mean, p95 | overlap error: mean, p95 |',
    '| ---: | --------: | ----: | ---------: | ----------------------------: | -----------------------: | -----------------------: |',
    ...rows.map(scoreLine),
    '',
    ...rows.map(loadLine),
    ...rows.flatMap(({ network, score }) =>
      score.wrong.map(
        ({ kind, why }) => `wrong at ${percent(network.loss)} loss, turn of kind ${kind}: ${why}`,
      ),
    ),
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

function scoreLine({ network, score }: Row): string {
  const cells = [
    percent(network.loss),
    `0…${network.jitterMs}`,
    score.turns,
    `${(100 * turnError(score)).toFixed(2)} %`,
    spread(score.shareErrors),
    spread(score.timeShareErrors),
    spread(score.overlapErrors),
  ];
  return `| ${cells.join(' | ')} |`;
}

function loadLine({ network, lost, load }: Row): string {
  const missing = percent(lost.lost / Math.max(1, lost.received + lost.lost));
  return (
    `at ${percent(network.loss)} loss: ${missing} of the packets missing, ${lost.late} late, ` +
    `${lost.recovered} frames from FEC, ${lost.concealed} concealed; ${load.seconds.toFixed(0)} s, ` +
    `${load.cpu.toFixed(2)} cores here, packets sent late p99 ${load.sentLateP99Ms.toFixed(1)} ms, ` +
    `frames late p99 ${load.frameLateP99Ms} ms, ${load.framesSkipped} skipped`
  );
}

const percent = (part: number): string => `${Number((100 * part).toFixed(1))} %`;
const spread = (points: readonly number[]): string =>
  `${mean(points).toFixed(2)}, ${quantile(points, 0.95).toFixed(2)}`;
