import { keys, newJobId, newSessionId, type NewEvent, type SessionId } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis, type Redis } from '@parley/kit/redis';
import { EMPTY_DESK } from '@parley/tools/desk/records';
import { fact } from '@parley/tools/desk/events';
import { RedisJobStore } from '@parley/tools/store/RedisJobStore';
import { jobStoreContract } from '@parley/tools/testing/jobStoreContract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStores, type Stores } from '../../support/stores/startStores.ts';
import { never } from '../../support/until.ts';

let stores: Stores;
let redis: Redis;
beforeAll(async () => {
  stores = await startStores();
  redis = createRedis(stores.redisUrl, silentLog, 'test');
});
afterAll(async () => {
  await closeRedis(redis);
  await stores.close();
});

const session = async (): Promise<SessionId> => {
  const id = newSessionId();
  await redis.set(keys.seq(id), 0);
  return id;
};
const facts = async (id: SessionId) => {
  const entries = await redis.xrange(keys.events, '-', '+');
  const events = entries.map(([, fields]) => JSON.parse(fields[3] ?? '') as NewEvent);
  return events.filter(({ sessionId }) => sessionId === id);
};

jobStoreContract(() =>
  Promise.resolve({
    store: new RedisJobStore(redis, silentLog),
    session,
    facts,
    close: () => Promise.resolve(),
  }),
);

test('H10 without its counter a change waits, and asks for it', async () => {
  const store = new RedisJobStore(redis, silentLog);
  const id = newSessionId();
  const listener = redis.duplicate();
  await listener.subscribe(keys.seqWanted);
  const wanted = new Promise((resolve) => listener.on('message', (_channel, message) => resolve(message)));
  const data = { source: 'tools', code: 'x', message: 'y' } as const;
  let done = false;
  const change = { desk: EMPTY_DESK, facts: [fact('error:raised', id, 1, data)] };
  const changing = store.transact(id, {}, () => ({ change, result: undefined })).then(() => (done = true));
  expect(await wanted).toBe(id);
  await never('a change without its fact', () => done, 200);
  await redis.set(keys.seq(id), 41);
  await changing;
  expect(await redis.get(keys.seq(id))).toBe('42');
  listener.disconnect();
});

test('a field named like what JavaScript knows is just a field', async () => {
  const store = new RedisJobStore(redis, silentLog);
  const id = await session();
  const answer = { callId: '__proto__', output: 'x' };
  await store.transact(id, { callId: '__proto__' }, () => ({ change: { answer }, result: undefined }));
  expect((await store.view(id, { callId: '__proto__' })).answered).toBe('x');
  expect((await store.view(id, { jobId: newJobId() })).job).toBeUndefined();
});
