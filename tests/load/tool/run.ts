import { setTimeout as delay } from 'node:timers/promises';
import type { SessionId } from '@parley/contract';
import { Scope } from '@parley/kit/scope';
import { HubApi } from '../../support/HubApi.ts';
import type { Stack } from '../../support/stack/startStack.ts';
import { until } from '../../support/until.ts';
import { costsOf, perJoin } from './costs.ts';
import { checkHub } from './hub.ts';
import { delaysOf, type Delays, noDelays } from './latency.ts';
import { LoadRooms } from './LoadRooms.ts';
import { LocalPlayers } from './LocalPlayers.ts';
import { startMachine, usageOfAll } from './Machine.ts';
import type { LoadOptions } from './options.ts';
import type { Players, PlayersRecord } from './Players.ts';
import type { Progress } from './Progress.ts';
import { quantile } from './quantile.ts';
import { loadAverage, machine, type Report, summary } from './report.ts';
import { RtpBot } from './RtpBot.ts';
import { Soak } from './soak/Soak.ts';
import { type EncodedVoice, loadVoices } from './voices.ts';
import { watch } from './watch.ts';
import { Crews } from './webrtc/Crews.ts';

/** Rooms whose delays are measured. They are opened one after the other, so that each one's link is known. */
const PROBES = 4;
/** After the last join, before anything is measured. */
const SETTLE_MS = 3_000;

/** A room whose delays are measured, and the provider's end of its link; that is unknown at somebody else's hub. */
type Probed = { id: SessionId; connection: string | undefined };

interface Run {
  options: LoadOptions;
  signal: AbortSignal;
  progress: Progress;
  voices: readonly EncodedVoice[];
  stack: Stack | undefined;
  players: Players;
  rooms: LoadRooms;
}

/** Owns everything it starts; all of it is stopped when this settles. */
export async function run(options: LoadOptions, signal: AbortSignal, progress: Progress): Promise<Report> {
  const scope = new Scope();
  try {
    const voices = await loadVoices();
    const loadBefore = loadAverage();
    progress.note(options.hub === undefined ? 'starting the product …' : `at ${options.hub}`);
    if (options.hub !== undefined) await checkHub(options.hub);
    const stack = options.hub === undefined ? scope.own(await startMachine(options)) : undefined;
    const url = options.hub ?? stack?.url ?? '';
    const players = playersFor(options, url, voices);
    const rooms = scope.own(new LoadRooms(new HubApi(url), players, options));
    scope.own(players);
    const report = await measure({ options, signal, progress, voices, stack, players, rooms }, loadBefore);
    progress.note('stopping …');
    return report;
  } finally {
    await scope.close();
    progress.end();
  }
}

function playersFor({ join, rooms }: LoadOptions, url: string, voices: readonly EncodedVoice[]): Players {
  if (join === 'webrtc') return new Crews({ hubUrl: url, voices }, rooms);
  return new LocalPlayers(voices, RtpBot.joining(new HubApi(url)));
}

async function measure(all: Run, loadBefore: number): Promise<Report> {
  const { options, signal, progress, stack, players, rooms } = all;
  const empty = await usageOfAll(stack);
  const probed = await fill(all);
  const filled = await usageOfAll(stack);
  // Nobody is in: there is nothing to wait for, and the report says why.
  const settings = rooms.open > 0 ? options : { ...options, seconds: 0 };
  progress.note(`${rooms.open} rooms, settling …`);
  await delay(rooms.open > 0 ? SETTLE_MS : 0, undefined, { signal }).catch(() => undefined);
  await players.restart();
  const [before, sinceMs] = [await usageOfAll(stack), performance.now()];
  const soak = options.soak && stack ? new Soak(stack, (line) => progress.line(line)) : undefined;
  const speaking = await watch({ options: settings, signal, progress, stack, rooms: rooms.open, soak });
  const [after, seconds] = [await usageOfAll(stack), (performance.now() - sinceMs) / 1000];
  const record = await players.tell();
  const found = await delays(all, record, probed, sinceMs);
  const { joinMs, refused, errors, open } = rooms;
  return {
    options,
    machine: machine(loadBefore),
    rooms: open,
    participants: joinMs.length,
    refused,
    joinMs: { ...summary(joinMs), ...(joinMs.length > 0 && { max: Math.max(...joinMs) }) },
    ...(stack && { joinCpu: perJoin(empty, filled, joinMs.length) }),
    heard: heardBy(record),
    ...(stack && (await costsOf(stack, { empty, before, after, seconds, rooms: open }))),
    ...(speaking !== undefined && { speaking }),
    delays: {
      micToProvider: summary(found.micToProvider),
      micToEar: summary(found.micToEar),
      providerToEar: summary(found.providerToEar),
      replyStart: summary(found.replyStart),
    },
    ...lateness(record),
    complaints: stack?.complaints().length ?? 0,
    ...(soak && { soak: soak.report }),
    errors: [...errors, ...troublesOf(record)],
  };
}

async function fill({ options, signal, progress, stack, rooms }: Run): Promise<Probed[]> {
  const tell = () => {
    const refused = rooms.refusals > 0 ? `, ${rooms.refusals} refused` : '';
    progress.step(`${rooms.open} of ${options.rooms} rooms${refused}`);
  };
  if (options.storm) {
    progress.note(`${options.rooms * options.participants} participants are coming …`);
    await rooms.storm();
    tell();
    return [];
  }
  const probed: Probed[] = [];
  for (let index = 0; index < Math.min(PROBES, options.rooms) && !signal.aborted; index++) {
    const id = await rooms.fill(index);
    if (id) probed.push({ id, connection: stack && (await newest(stack, probed.length + 1)) });
    tell();
  }
  const ramp: Promise<void>[] = [];
  for (let index = PROBES; index < options.rooms && !signal.aborted; index++) {
    ramp.push(rooms.fill(index).then(tell));
    await delay(1000 / options.ramp);
  }
  await Promise.all(ramp);
  return probed;
}

/** The connection that was opened last, once there are so many. */
function newest(stack: Stack, count: number): Promise<string> {
  return until('the link of a room', async () => {
    const connections = await stack.provider.connections();
    return connections.length >= count ? connections.at(-1)?.id : undefined;
  });
}

async function delays(
  { voices, stack }: Run,
  { rooms }: PlayersRecord,
  probed: readonly Probed[],
  sinceMs: number,
): Promise<Delays> {
  const sum = noDelays();
  for (const { id, connection } of probed) {
    const room = rooms.find(({ sessionId }) => sessionId === id);
    if (!room) continue;
    const more = await delaysOf({ room, connection }, { voices, provider: stack?.provider, sinceMs });
    for (const key of Object.keys(sum) as (keyof Delays)[]) sum[key].push(...more[key]);
  }
  return sum;
}

function heardBy({ rooms }: PlayersRecord): Report['heard'] {
  const all = rooms.flatMap(({ bots }) => bots.flatMap(({ received }) => received));
  const rates = all.flatMap(({ rate }) => rate ?? []);
  const [slowest, p50] = [quantile(rates, 0), quantile(rates, 0.5)];
  return {
    packets: all.reduce((sum, { packets }) => sum + packets, 0),
    lost: all.reduce((sum, { lost }) => sum + lost, 0),
    gaps: all.reduce((sum, { gaps }) => sum + gaps, 0),
    ...(slowest !== undefined && { slowest }),
    ...(p50 !== undefined && { p50 }),
  };
}

function lateness({ lateMs }: PlayersRecord): Pick<Report, 'botsLateP99'> {
  const botsLateP99 = quantile(lateMs, 0.99);
  return botsLateP99 === undefined ? {} : { botsLateP99 };
}

function troublesOf({ rooms }: PlayersRecord): string[] {
  return rooms.flatMap(({ sessionId, bots }) =>
    bots.flatMap(({ troubles }, index) =>
      troubles.map((what) => `Bot ${index + 1} of ${sessionId}: ${what}`),
    ),
  );
}
