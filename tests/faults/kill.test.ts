import { closeRedis, createRedis, type Redis } from '@parley/kit/redis';
import { silentLog } from '@parley/kit/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startKillableServers, type KillableServers } from '../support/stores/killableServers.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { FAULTS } from './faults.ts';
import { killUnderLoad, type Outcome } from './killed.ts';
import { percentile, printTable } from './table.ts';

/** How often each fault happens; `npm run test:faults` asks for more. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? 1);

let servers: KillableServers;
let stack: Stack;
let redis: Redis;
const outcomes = new Map<string, Outcome[]>();

beforeAll(async () => {
  servers = await startKillableServers();
  const quiet = { LOG_LEVEL: 'info' };
  stack = await startStack({
    stores: servers.stores,
    hubs: 2,
    mixers: 2,
    hubEnv: quiet,
    mixerEnv: quiet,
    simulatorEnv: quiet,
  });
  redis = createRedis(servers.stores.redisUrl, silentLog, 'test');
});
afterAll(async () => {
  printTable(
    'kill -9 under a live session',
    [...outcomes].map(([fault, runs]) => row(fault, runs)),
  );
  if (redis) await closeRedis(redis);
  await stack?.close();
  await servers?.stores.close();
});

for (const [name, fault] of Object.entries(FAULTS))
  test(`${name} killed: nobody loses a place, no event is lost or doubled, the voice is there again`, async () => {
    const runs: Outcome[] = [];
    outcomes.set(name, runs);
    for (let run = 1; run <= RUNS; run++) {
      const outcome = await killUnderLoad(fault, { stack, servers, redis });
      runs.push(outcome);
      expect(outcome).toMatchObject({ lost: 0, doubled: 0, gaps: 0, left: 0 });
    }
  });

function row(fault: string, runs: readonly Outcome[]): Record<string, string | number> {
  const spread = (pick: (outcome: Outcome) => number) => {
    const values = runs.map(pick);
    const [p50, p95] = [percentile(values, 0.5), percentile(values, 0.95)].map(Math.round);
    return runs.length > 1 ? `${p50} / ${p95}` : `${p50}`;
  };
  const sum = (pick: (outcome: Outcome) => number) => runs.reduce((total, each) => total + pick(each), 0);
  return {
    killed: fault,
    runs: runs.length,
    'events/s': spread(({ rate }) => rate),
    interrupted: `${runs.filter(({ backAfterMs }) => backAfterMs > 0).length} of ${runs.length}`,
    'largest hole ms': spread(({ holeMs }) => holeMs),
    'voice back ms': spread(({ backAfterMs }) => backAfterMs),
    'voice score': Math.min(...runs.map(({ score }) => score)).toFixed(2),
    'control back ms': spread(({ controlMs }) => controlMs),
    'longest without socket ms': spread(({ absentMs }) => absentMs),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    gaps: sum(({ gaps }) => gaps),
    'places lost': sum(({ left }) => left),
  };
}
