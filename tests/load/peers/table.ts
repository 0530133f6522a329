import { quantile } from '../tool/quantile.ts';
import type { Round } from './figures.ts';

export interface Row {
  what: string;
  parley: number | undefined;
  peer: number | undefined;
  /** How many times the peer's figure is Parley's; undefined where that says nothing. */
  ratio: number | undefined;
}

/** What is compared, from the rounds of either system. CPU is the mean of all rounds. */
export function compare(parley: readonly Round[], peer: readonly Round[]): Row[] {
  const row = (what: string, of: (rounds: readonly Round[]) => number | undefined): Row => {
    const [ours, theirs] = [of(parley), of(peer)];
    return { what, parley: ours, peer: theirs, ratio: ratio(theirs, ours) };
  };
  /** A figure that has no meaning as "so many times as much". */
  const plain = (...args: Parameters<typeof row>): Row => ({ ...row(...args), ratio: undefined });
  const talk = (rounds: readonly Round[]) => mean(rounds.map(({ talkCpu }) => talkCpu));
  const delays = (rounds: readonly Round[]) => rounds.flatMap(({ micToEar }) => micToEar.usual);
  /** Parley has one way alone. */
  const shortest = (rounds: readonly Round[]) => {
    const hurried = rounds.flatMap(({ micToEar }) => micToEar.hurried);
    return hurried.length > 0 ? hurried : delays(rounds);
  };
  const rates = (rounds: readonly Round[]) => rounds.flatMap(({ heard }) => heard.rates);
  return [
    row('CPU, talk: ms per room and second', talk),
    row('CPU, silence: ms per room and second', (rounds) => rounds[0]?.quiet?.silentRooms),
    row('CPU, nobody there: ms per room and second', (rounds) => rounds[0]?.quiet?.emptyRooms),
    plain('CPU, no rooms: ms per second', (rounds) => rounds[0]?.quiet?.process),
    row('rooms per core, talk', (rounds) => inverse(talk(rounds))),
    row('memory: MiB per room, first round', (rounds) => rounds[0]?.rssPerRoom),
    row('mic to ear, p50 ms', (rounds) => quantile(delays(rounds), 0.5)),
    row('mic to ear, p95 ms', (rounds) => quantile(delays(rounds), 0.95)),
    row('mic to ear, prebuffer 1, p50 ms', (rounds) => quantile(shortest(rounds), 0.5)),
    row('mic to ear, prebuffer 1, p95 ms', (rounds) => quantile(shortest(rounds), 0.95)),
    plain('sounds found / listened for', (rounds) => {
      const found = rounds.reduce(
        (sum, { micToEar: { usual, hurried } }) => sum + usual.length + hurried.length,
        0,
      );
      const missed = rounds.reduce((sum, round) => sum + round.missed, 0);
      return found / (found + missed);
    }),
    row('join, p95 ms', (rounds) =>
      quantile(
        rounds.flatMap(({ joinMs }) => joinMs),
        0.95,
      ),
    ),
    plain('heard, packets/s, median', (rounds) => quantile(rates(rounds), 0.5)),
    plain('heard, packets/s, slowest', (rounds) => quantile(rates(rounds), 0)),
    plain('heard, packets lost', (rounds) => total(rounds, 'lost')),
    plain('heard, gaps over 60 ms', (rounds) => total(rounds, 'gaps')),
    plain('assistant speaks, % of the time', (rounds) => mean(rounds.map(({ speaking }) => speaking * 100))),
    plain('bots late, p99 ms', (rounds) => mean(rounds.map(({ botsLateP99 }) => botsLateP99))),
    plain('load average', (rounds) => mean(rounds.map(({ loadAverage }) => loadAverage))),
  ];
}

/** A table for people. */
export function print(rows: readonly Row[], peerName: string): string {
  const cells = [
    ['', 'Parley', peerName, `${peerName.split(' ')[0] ?? ''} / Parley`],
    ...rows.map(({ what, parley, peer, ratio }) => [
      what,
      number(parley),
      number(peer),
      ratio === undefined ? '' : `× ${number(ratio)}`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Undefined where one is not known or there is nothing to divide by. */
function ratio(theirs: number | undefined, ours: number | undefined): number | undefined {
  return theirs === undefined || ours === undefined || ours <= 0 ? undefined : theirs / ours;
}

const inverse = (ms: number | undefined) => (ms === undefined || ms <= 0 ? undefined : 1000 / ms);

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const total = (rounds: readonly Round[], key: 'lost' | 'gaps') =>
  rounds.reduce((sum, { heard }) => sum + heard[key], 0);

function number(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) < 100 ? 2 : 0);
}
