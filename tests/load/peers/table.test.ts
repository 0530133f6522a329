import { expect, test } from 'vitest';
import type { Round } from './figures.ts';
import { compare, print } from './table.ts';

const round = (talkCpu: number, more: Partial<Round> = {}): Round => ({
  loadAverage: 1,
  talkCpu,
  rssPerRoom: 1,
  joinMs: [1, 2, 3],
  heard: { packets: 100, lost: 0, gaps: 1, rates: [50, 49] },
  micToEar: { usual: [20, 30], hurried: [] },
  missed: 0,
  speaking: 0.3,
  botsLateP99: 2,
  ...more,
});
const row = (rows: ReturnType<typeof compare>, what: string) => rows.find((row) => row.what.startsWith(what));

test('the rounds of either are averaged, the ratio is the peer’s over Parley’s', () => {
  const rows = compare([round(9), round(11)], [round(50), round(54)]);
  expect(row(rows, 'CPU, talk')).toMatchObject({ parley: 10, peer: 52, ratio: 5.2 });
  expect(row(rows, 'rooms per core')).toMatchObject({ parley: 100, peer: 1000 / 52 });
  expect(row(rows, 'heard, gaps')).toMatchObject({ parley: 2, peer: 2, ratio: undefined });
});

test('there is no ratio to nothing, nor of what was not measured', () => {
  const quiet = (emptyRooms: number) => ({ quiet: { process: 1, emptyRooms, silentRooms: 1 } });
  const rows = compare([round(9, quiet(0))], [round(50, quiet(1.4))]);
  expect(row(rows, 'CPU, nobody there')).toEqual({
    what: 'CPU, nobody there: ms per room and second',
    parley: 0,
    peer: 1.4,
    ratio: undefined,
  });
  expect(row(compare([round(9)], [round(50)]), 'CPU, silence')).toMatchObject({ parley: undefined });
});

test('rooms that hold back little are told apart; Parley has none', () => {
  const peer = round(50, { micToEar: { usual: [130], hurried: [20] } });
  const rows = compare([round(9)], [peer]);
  expect(row(rows, 'mic to ear, p50')).toMatchObject({ parley: 30, peer: 130 });
  expect(row(rows, 'mic to ear, prebuffer 1, p50')).toMatchObject({ parley: 30, peer: 20 });
});

test('sounds that were listened for in vain are told', () => {
  const rows = compare([round(9)], [round(50, { missed: 2 })]);
  expect(row(rows, 'sounds found')).toMatchObject({ parley: 1, peer: 0.5 });
});

test('columns are aligned, and what is unknown is a dash', () => {
  const lines = print(
    [
      { what: 'CPU', parley: 10, peer: 52, ratio: 5.2 },
      { what: 'join, ms', parley: undefined, peer: 123.4, ratio: undefined },
    ],
    'Janus 1.1.2',
  ).split('\n');
  expect(lines).toEqual([
    '          Parley  Janus 1.1.2  Janus / Parley',
    'CPU           10           52          × 5.20',
    'join, ms       –          123',
  ]);
});
