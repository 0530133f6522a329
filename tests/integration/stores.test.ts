import { createRedis, closeRedis } from '@parley/kit/redis';
import { silentLog } from '@parley/kit/log';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStores, type Stores } from '../support/stores/startStores.ts';

let one: Stores;
let other: Stores;
beforeAll(async () => {
  [one, other] = await Promise.all([startStores(), startStores()]);
});
afterAll(() => Promise.all([one.close(), other.close()]));

async function tables(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  );
  await client.end();
  return rows.map(({ name }) => name);
}

test('each caller gets a migrated database of its own', async () => {
  expect(one.databaseUrl).not.toBe(other.databaseUrl);
  expect(await tables(one.databaseUrl)).toEqual(
    expect.arrayContaining(['Event', 'Session', '_prisma_migrations']),
  );
  expect(await tables(other.databaseUrl)).toEqual(await tables(one.databaseUrl));
});

test('each caller gets a Redis whose channels nobody else hears', async () => {
  const [here, there] = [
    createRedis(one.redisUrl, silentLog, 'a'),
    createRedis(other.redisUrl, silentLog, 'b'),
  ];
  await there.subscribe('parley:test');
  expect(await here.publish('parley:test', 'x')).toBe(0);
  await Promise.all([closeRedis(here), closeRedis(there)]);
});
