import { randomInt } from 'node:crypto';
import { seededRandom } from '@parley/mixer/audio/testing/random';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Hubs, type TestHub } from '../../integration/hub/startHubs.ts';
import { report } from '../../support/report.ts';
import { Crowd } from './Crowd.ts';

/** Joins, leaves, resumes and mutes; `npm run test:faults` asks for more. */
const ACTS = Number(process.env['FAULT_STEPS'] ?? 2_000);
const SEED = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));
const SEATS = 8;
const AT_ONCE = 6;
const SESSION_ACTS = 500;

let hubs: Hubs;
const three: TestHub[] = [];
beforeAll(async () => {
  hubs = await Hubs.start();
  await hubs.mixer();
  const env = { MAX_PARTICIPANTS: String(SEATS), RECONNECT_GRACE_MS: '1000' };
  for (let number = 1; number <= 3; number++) three.push(await hubs.hub(env));
});
afterAll(() => hubs?.close());

test(`${ACTS} random joins, leaves, resumes and mutes at three hubs: H1, H2, H3, H6, H17 hold after each step`, async () => {
  process.stdout.write(`FAULT_SEED=${SEED}\n`);
  const random = seededRandom(SEED);
  const totals = new Map<string, number>();
  let done = 0;
  while (done < ACTS) {
    const crowd = await Crowd.open({ hubs: three, redis: hubs.redis, random, max: SEATS });
    const until = Math.min(ACTS, done + SESSION_ACTS);
    while (done < until) done += await crowd.step(AT_ONCE);
    await crowd.close();
    for (const [what, count] of crowd.counts) totals.set(what, (totals.get(what) ?? 0) + count);
  }
  report('a crowd at three hubs', { seed: String(SEED), acts: done, ...Object.fromEntries(totals) });
  expect(done).toBeGreaterThanOrEqual(ACTS);
});
