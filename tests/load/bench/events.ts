/**
 * The event writer over real Redis and Postgres, both durable as for a user: `npm run bench -- events [--rows 3000]`. A backlog
 * is written with batches of different sizes: rows a second, and CPU for each row in the hub's part (this process) and in
 * the servers. Then events come at a steady rate, and it is looked at how long after each event its batch was committed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { keys, newParticipantId, newSessionId, type NewEvent } from '@parley/contract';
import { Archivist } from '@parley/hub/events/Archivist';
import { createRedis } from '@parley/kit/redis';
import { silentLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { event, EventBench, noMeasures } from '../../integration/hub/EventBench.ts';
import { startKillableServers } from '../../support/stores/killableServers.ts';
import { quantile } from '../tool/quantile.ts';
import { treeCpu } from './treeCpu.ts';
import { machineLine, print, table } from './print.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '3000' } } });
const ROWS = Number(values.rows);
const BATCHES = [1, 10, 100, 500];
const RATES = [50, 200, 500];
const RATE_SECONDS = 5;
const SESSIONS = Array.from({ length: 20 }, () => newSessionId());
const speaker = { participantId: newParticipantId(), name: 'Anna', share: 1 };
const TEXT = 'What a person says in one turn is about as long as this sentence is, give or take some words.';

const scope = new Scope();
try {
  const { stores, postgres, redis } = await startKillableServers();
  scope.add(() => stores.close());
  const bench = scope.own(await EventBench.open(stores));
  const servers = { postgres: await postgres.pid(), redis: await redis.pid() };
  const backlog: string[][] = [];
  for (const batch of BATCHES) backlog.push(await writeBacklog(bench, servers, batch));
  const steady: string[][] = [];
  for (const rate of RATES) steady.push(await writeSteadily(bench, rate));
  print(`Event writer, ${ROWS} events of ${SESSIONS.length} sessions. ${machineLine()}\n`);
  print(
    table(['events in a batch, at most', 'rows/s', 'µs CPU a row, writer', 'Postgres', 'Redis'], backlog),
  );
  print('\nEvents that come one by one, with the batches that the product uses (at most 500):\n');
  print(table(['events/s', 'committed after, p50 ms', 'p95 ms', 'rows in a batch'], steady));
} finally {
  await scope.close();
}

/** Three of the events that a turn of a conversation makes. */
function eventOf(index: number): NewEvent {
  const sessionId = SESSIONS[index % SESSIONS.length] ?? newSessionId();
  const id = `${index}-${Math.random().toString(36).slice(2)}`;
  if (index % 3 === 0)
    return event(sessionId, 'turn:completed', {
      itemId: `item_${id}`,
      text: TEXT,
      failure: null,
      startMs: index,
      endMs: index + 3_000,
      speakers: [speaker],
      overlap: 0,
      answer: 'asked',
    });
  const reply = { itemId: `item_${id}`, responseId: `resp_${id}`, text: TEXT, status: 'completed' as const };
  if (index % 3 === 1)
    return event(sessionId, 'reply:completed', {
      ...reply,
      audioMs: 6_000,
      heardMs: 6_000,
      heardText: null,
      resumes: null,
    });
  return event(sessionId, 'error:raised', { source: 'mixer', code: 'bench', message: TEXT });
}

async function append(bench: EventBench, count: number): Promise<void> {
  for (let at = 0; at < count; at += 100)
    await Promise.all(
      Array.from({ length: Math.min(100, count - at) }, (_, i) => bench.append(eventOf(at + i))),
    );
}

async function writeBacklog(
  bench: EventBench,
  servers: Record<'postgres' | 'redis', number>,
  batch: number,
): Promise<string[]> {
  const rows = Math.min(ROWS, batch * 300);
  await append(bench, rows);
  const look = async () => ({
    own: process.cpuUsage(),
    postgres: await treeCpu(servers.postgres),
    redis: await treeCpu(servers.redis),
    atMs: performance.now(),
  });
  const writer = bench.writer(`bench-${batch}`, { batch, archivist: new Archivist(bench.database) });
  const before = await look();
  writer.start();
  await nothingLeft(bench);
  const after = await look();
  await writer.close();
  const own = after.own.user + after.own.system - before.own.user - before.own.system;
  return [
    String(batch),
    ((rows * 1000) / (after.atMs - before.atMs)).toFixed(0),
    (own / rows).toFixed(0),
    (((after.postgres - before.postgres) * 1e6) / rows).toFixed(0),
    (((after.redis - before.redis) * 1e6) / rows).toFixed(0),
  ];
}

async function writeSteadily(bench: EventBench, rate: number): Promise<string[]> {
  const ages: number[] = [];
  const batches: number[] = [];
  const measures = {
    ...noMeasures,
    eventsWritten: (count: number, _ms: number, agesMs: readonly number[]) => {
      batches.push(count);
      ages.push(...agesMs);
    },
  };
  const archivist = new Archivist(bench.database);
  const writer = bench.writer(`steady-${rate}`, { batch: 500, blockMs: 1_000, archivist, measures });
  writer.start();
  const beganMs = performance.now();
  for (let sent = 0; sent < rate * RATE_SECONDS; sent++) {
    await delay(Math.max(0, beganMs + (sent * 1000) / rate - performance.now()));
    await bench.append(eventOf(sent));
  }
  await nothingLeft(bench);
  await writer.close();
  const ms = (share: number) => (quantile(ages, share) ?? 0).toFixed(1);
  const mean = batches.reduce((sum, count) => sum + count, 0) / Math.max(1, batches.length);
  return [String(rate), ms(0.5), ms(0.95), mean.toFixed(1)];
}

/** Asked on a connection of its own and not too often: the asking is no part of the work. */
async function nothingLeft({ redisUrl }: EventBench): Promise<void> {
  const redis = createRedis(redisUrl, silentLog, 'bench');
  while ((await redis.xlen(keys.events)) > 0) await delay(5);
  redis.disconnect();
}
