/**
 * What a room costs in memory of the mixer process: `npm run bench -- memory [--step 10] [--steps 3] [--participants 4]
 * [--talk 20] [--quiet] [--snapshot FILE]`. Rooms are opened in steps of `--step`, and have conversations. After `--talk`
 * seconds of each step the resident size is looked at as it is. With `--quiet` the rooms of a step fall silent after that,
 * and it is looked at when they sleep and garbage has been collected. The slope of a line through the steps is what a
 * room costs; what the process has anyway is its other end.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Scope } from '@parley/kit/scope';
import { HubApi } from '../../support/HubApi.ts';
import { portOfOurs } from '../../support/ports.ts';
import { LoadRoom } from '../tool/LoadRoom.ts';
import { startMachine } from '../tool/Machine.ts';
import { readOptions } from '../tool/options.ts';
import { Pace } from '../tool/Pace.ts';
import { mixerUsage } from '../tool/processes.ts';
import { offsetMs } from '../tool/script.ts';
import { Talk } from '../tool/Talk.ts';
import { loadVoices } from '../tool/voices.ts';
import { fitLine } from './fit.ts';
import { Inspector } from './Inspector.ts';
import { machineLine, print, table } from './print.ts';

const { values } = parseArgs({
  options: {
    step: { type: 'string', default: '10' },
    steps: { type: 'string', default: '3' },
    participants: { type: 'string', default: '4' },
    talk: { type: 'string', default: '20' },
    quiet: { type: 'boolean', default: false },
    snapshot: { type: 'string' },
  },
});
const [STEP, STEPS, TALK_S] = [Number(values.step), Number(values.steps), Number(values.talk)];
/** Behind the last word: replies end, rooms fall asleep. */
const SETTLE_MS = 12_000;
const LOOKS = 5;
const LOOK_MS = 1_000;
const MIB = 2 ** 20;

interface Sample {
  rooms: number;
  /** The highest of some looks while they talk. */
  talking: number;
  rss: number;
  young: number;
  heapUsed: number;
  heapTotal: number;
  external: number;
  arrayBuffers: number;
}

const scope = new Scope();
try {
  await measure();
} finally {
  await scope.close();
}

async function measure(): Promise<void> {
  const voices = await loadVoices();
  const port = await portOfOurs();
  // However busy the machine is: nothing is refused here.
  process.env['MIXER_MAX_LOAD'] ??= '1';
  process.env['MIXER_NODE_OPTIONS'] =
    `${process.env['MIXER_NODE_OPTIONS'] ?? ''} --inspect=127.0.0.1:${port}`;
  const options = readOptions(['--rooms', String(STEP * STEPS), '--participants', values.participants]);
  const stack = scope.own(await startMachine(options));
  const api = new HubApi(stack.url);
  const inspector = scope.own(await Inspector.open(port));
  const pid = stack.mixers[0]?.pid ?? 0;
  const rooms: LoadRoom[] = [];
  scope.add(async () => void (await Promise.all(rooms.map((room) => room.close()))));
  const pace = scope.own(new Pace());
  const samples = [await sample(inspector, pid, 0, true)];
  for (let step = 1; step <= STEPS; step++) {
    const endMs = performance.now() + TALK_S * 1000;
    for (let index = 0; index < STEP; index++) {
      const room = await LoadRoom.open(api, `Memory ${rooms.length + 1}`, options.participants);
      rooms.push(room);
      const [talk, quiet] = [options.talkers, 0].map(
        (talkers) => new Talk(room.bots, voices, talkers, offsetMs(index, STEP)),
      );
      pace.add((nowMs) => (nowMs < endMs || !values.quiet ? talk : quiet)?.tick(nowMs));
    }
    await delay(endMs - performance.now() - LOOKS * LOOK_MS);
    const talking: number[] = [];
    for (let look = 0; look < LOOKS; look++) {
      await delay(LOOK_MS);
      talking.push((await mixerUsage(pid)).mixer.rss);
    }
    if (values.quiet) await delay(SETTLE_MS);
    const found = await sample(inspector, pid, rooms.length, values.quiet);
    samples.push({ ...found, talking: Math.max(...talking) });
    if (values.snapshot !== undefined)
      await inspector.snapshot(`${values.snapshot}.${rooms.length}.heapsnapshot`);
  }
  report(samples);
}

async function sample(inspector: Inspector, pid: number, rooms: number, collected: boolean): Promise<Sample> {
  const talking = (await mixerUsage(pid)).mixer.rss;
  if (collected) await inspector.collectGarbage();
  // The engine gives pages back a little later.
  if (collected) await delay(500);
  return { rooms, talking, ...(await inspector.memoryUsage()) };
}

function report(samples: readonly Sample[]): void {
  const columns = ['talking', 'rss', 'heapTotal', 'young', 'heapUsed', 'external', 'arrayBuffers'] as const;
  const mib = (bytes: number, digits = 1) => (bytes / MIB).toFixed(digits);
  const rows = samples.map((each) => [String(each.rooms), ...columns.map((column) => mib(each[column]))]);
  const slopes = columns.map(
    (column) => fitLine(samples.map((each) => [each.rooms, each[column]] as const)).slope,
  );
  // The first rooms make the process compile and fill its pools.
  const later = columns.map(
    (column) => fitLine(samples.slice(1).map((each) => [each.rooms, each[column]] as const)).slope,
  );
  print(`Mixer's memory, rooms of ${values.participants}, ${TALK_S} s of talk, MiB. ${machineLine()}\n`);
  print(
    table(
      [
        'rooms',
        'RSS, talking',
        values.quiet ? 'quiet, collected' : 'RSS',
        'heap',
        'of that young',
        'heap used',
        'external',
        'of that buffers',
      ],
      [
        ...rows,
        ['for each room', ...slopes.map((slope) => mib(slope, 2))],
        ['for each later room', ...later.map((slope) => mib(slope, 2))],
      ],
    ),
  );
}
