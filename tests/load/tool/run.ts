import { setTimeout as delay } from 'node:timers/promises';
import { Scope } from '@parley/kit/scope';
import { HubApi, HubError } from '../../support/HubApi.ts';
import type { Stack } from '../../support/stack/startStack.ts';
import { until } from '../../support/until.ts';
import { delaysOf, type Delays, noDelays, type Probe } from './latency.ts';
import { LoadRoom } from './LoadRoom.ts';
import { type Process, startMachine, usageOfAll } from './Machine.ts';
import { scrape } from './metrics.ts';
import type { LoadOptions } from './options.ts';
import { Pace } from './Pace.ts';
import type { Usage } from './processes.ts';
import { quantile } from './quantile.ts';
import { machine, type Report, summary } from './report.ts';
import { offsetMs } from './script.ts';
import { Talk } from './Talk.ts';
import { loadVoices } from './voices.ts';

/** Rooms whose delays are measured. They are opened one after the other, so that each one's link is known. */
const PROBES = 4;
/** After the last join, before anything is measured. */
const SETTLE_MS = 3_000;
const SOAK_EVERY_MS = 30_000;

type Used = Record<Process, Usage>;

/** Owns everything it starts; all of it is stopped when this settles. */
export async function run(
  options: LoadOptions,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Report> {
  const scope = new Scope();
  try {
    return await measure(options, signal, say, scope);
  } finally {
    await scope.close();
  }
}

async function measure(
  options: LoadOptions,
  signal: AbortSignal,
  say: (text: string) => void,
  scope: Scope,
): Promise<Report> {
  const voices = await loadVoices();
  say('starting …\n');
  const stack = options.hub === undefined ? scope.own(await startMachine(options)) : undefined;
  const api = new HubApi(options.hub ?? stack?.url ?? '');
  const empty = await usageOfAll(stack);
  const rooms: LoadRoom[] = [];
  scope.add(async () => {
    await Promise.all(rooms.map((room) => room.close()));
  });
  // Closed before the rooms: nothing is sent by a bot that is gone.
  const pace = scope.own(new Pace());
  const [probes, refused, errors] = [[] as Probe[], {} as Record<string, number>, [] as string[]];

  const begin = async (index: number, connection?: () => Promise<string>) => {
    try {
      const room = await LoadRoom.open(api, `Load ${index + 1}`, options.participants);
      rooms.push(room);
      const talk = new Talk(room.bots, voices, options.talkers, offsetMs(index, options.rooms));
      pace.add((nowMs) => talk.tick(nowMs));
      if (connection) probes.push({ room, talk, connection: stack && (await connection()) });
    } catch (error) {
      if (error instanceof HubError) refused[error.message] = (refused[error.message] ?? 0) + 1;
      else errors.push(error instanceof Error ? error.message : String(error));
    }
    say(`\r${rooms.length} of ${options.rooms} rooms `);
  };
  for (let index = 0; index < Math.min(PROBES, options.rooms); index++)
    await begin(index, () => newest(stack, index + 1));
  const ramp: Promise<void>[] = [];
  for (let index = PROBES; index < options.rooms && !signal.aborted; index++) {
    ramp.push(begin(index));
    await delay(1000 / options.ramp);
  }
  await Promise.all(ramp);
  await delay(SETTLE_MS);

  for (const { bots } of rooms) for (const bot of bots) bot.reception.restart();
  pace.lateMs.length = 0;
  const [before, sinceMs] = [await usageOfAll(stack), performance.now()];
  const speaking = await watch(options, signal, say, { stack, rooms: rooms.length });
  const [after, seconds] = [await usageOfAll(stack), (performance.now() - sinceMs) / 1000];
  const delays = noDelays();
  for (const probe of probes) addTo(delays, await delaysOf(probe, stack?.provider, sinceMs));
  return {
    options,
    machine: machine(),
    rooms: rooms.length,
    refused,
    joinMs: summary(rooms.flatMap(({ joinMs }) => joinMs)),
    heard: heardBy(rooms),
    ...(stack && (await costs({ stack, before, after, empty, seconds, rooms: rooms.length }))),
    speaking,
    delays: {
      micToProvider: summary(delays.micToProvider),
      micToEar: summary(delays.micToEar),
      providerToEar: summary(delays.providerToEar),
      replyStart: summary(delays.replyStart),
    },
    botsLateP99: quantile(pace.lateMs, 0.99),
    complaints: stack?.complaints().length ?? 0,
    errors,
  };
}

/** The connection that was opened last, once there are so many. */
async function newest(stack: Stack | undefined, count: number): Promise<string> {
  if (!stack) return '';
  return until('the link of a room', async () => {
    const connections = await stack.provider.connections();
    return connections.length >= count ? connections.at(-1)?.id : undefined;
  });
}

/** Lets time pass. Returns the part of it in which assistants spoke. */
async function watch(
  { seconds, soak }: LoadOptions,
  signal: AbortSignal,
  say: (text: string) => void,
  { stack, rooms }: { stack: Stack | undefined; rooms: number },
): Promise<number | undefined> {
  const shares: number[] = [];
  const beganMs = performance.now();
  let soakAt = 0;
  for (let spent = 0; spent < seconds * 1000 && !signal.aborted; spent = performance.now() - beganMs) {
    await delay(Math.min(1_000, seconds * 1000 - spent), undefined, { signal }).catch(() => undefined);
    const url = stack?.mixerMetricsUrls[0];
    const metrics = url ? await scrape(url).catch(() => undefined) : undefined;
    if (metrics)
      shares.push((metrics.get('parley_mixer_assistants{phase="speaking"}') ?? 0) / Math.max(1, rooms));
    say(`\r${Math.round(spent / 1000)} of ${seconds} s, ${rooms} rooms `);
    if (!soak || spent < soakAt) continue;
    soakAt += SOAK_EVERY_MS;
    say(`\n${soakLine(await usageOfAll(stack))}\n`);
  }
  say('\n');
  return shares.length > 0 ? shares.reduce((sum, share) => sum + share, 0) / shares.length : undefined;
}

const soakLine = (used: Used) =>
  Object.entries(used)
    .map(([name, { rss, handles }]) => `${name} ${(rss / 2 ** 20).toFixed(0)} MiB ${handles} handles`)
    .join(', ');

function heardBy(rooms: readonly LoadRoom[]): Report['heard'] {
  const all = rooms.flatMap(({ bots }) => bots.map(({ reception }) => reception.received));
  const rates = all.flatMap(({ rate }) => rate ?? []);
  return {
    packets: all.reduce((sum, { packets }) => sum + packets, 0),
    lost: all.reduce((sum, { lost }) => sum + lost, 0),
    gaps: all.reduce((sum, { gaps }) => sum + gaps, 0),
    slowest: quantile(rates, 0),
    p50: quantile(rates, 0.5),
  };
}

async function costs({
  stack,
  before,
  after,
  empty,
  seconds,
  rooms,
}: {
  stack: Stack;
  before: Used;
  after: Used;
  empty: Used;
  seconds: number;
  rooms: number;
}) {
  const cpu = Object.fromEntries(
    (Object.keys(after) as Process[]).map((name) => [
      name,
      ((after[name].cpu - before[name].cpu) * 1000) / seconds / Math.max(1, rooms),
    ]),
  ) as Record<Process, number>;
  const metrics = await scrape(stack.mixerMetricsUrls[0] ?? '');
  return {
    cpu,
    roomsPerCore: 1000 / (cpu.mixer + cpu.worker),
    rssPerRoom: (after.mixer.rss - empty.mixer.rss) / 2 ** 20 / Math.max(1, rooms),
    tick: {
      p50: metrics.get('parley_mixer_tick_lateness_ms{quantile="0.5"}') ?? 0,
      p99: metrics.get('parley_mixer_tick_lateness_ms{quantile="0.99"}') ?? 0,
      skipped: metrics.get('parley_mixer_ticks_skipped_total') ?? 0,
    },
  };
}

function addTo(sum: Delays, more: Delays): void {
  for (const key of Object.keys(sum) as (keyof Delays)[]) sum[key].push(...more[key]);
}
