import {
  DEFAULT_TOOL_POLICIES,
  DeskRequest,
  keys,
  newJobId,
  newNoticeId,
  newSessionId,
  type Notice,
  QUEUES,
  type SessionId,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis, type Redis } from '@parley/kit/redis';
import { Desk } from '@parley/mixer/control/Desk';
import { DeskQueue } from '@parley/mixer/control/DeskQueue';
import type { DeskCall, ToolDesk } from '@parley/mixer/room/ports';
import { systemClock } from '@parley/mixer/room/systemClock';
import { NOBODY } from '@parley/mixer/testing/FakeDesk';
import { Queue, Worker } from 'bullmq';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startStores, type Stores } from '../support/stores/startStores.ts';
import { until } from '../support/until.ts';

let stores: Stores;
let redis: Redis;
let subscriber: Redis;
let queue: DeskQueue;
let desk: Desk;
let session: SessionId;
let tools: ToolDesk;
let worker: Worker | undefined;

beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

beforeEach(async () => {
  redis = createRedis(stores.redisUrl, silentLog, 'mixer');
  subscriber = createRedis(stores.redisUrl, silentLog, 'mixer-commands');
  queue = new DeskQueue({ redis, clock: systemClock, log: silentLog });
  await queue.open();
  desk = new Desk({ queue, redis, subscriber, log: silentLog });
  await desk.open();
  session = newSessionId();
  tools = desk.of(session);
});
afterEach(async () => {
  tools.close();
  await worker?.close();
  worker = undefined;
  await desk.close();
  await queue.close();
  await Promise.all([closeRedis(redis), closeRedis(subscriber)]);
});

const request = (callId: string): DeskCall => ({
  callId,
  name: 'code',
  arguments: '{"task":"x"}',
  cause: NOBODY,
  policies: DEFAULT_TOOL_POLICIES,
});
const noted: string[] = [];
const kept = () => void noted.push('kept');
function answering(answer: (asked: DeskRequest) => unknown): void {
  const work = async ({ data }: { data: unknown }) => answer(DeskRequest.parse(data));
  worker = new Worker(QUEUES.desk, work, { connection: redis, prefix: keys.queues });
}
const notice = (number: number): Notice => ({
  id: newNoticeId(),
  jobId: newJobId(),
  number,
  kind: 'code',
  outcome: 'completed',
  cause: NOBODY,
  text: 'Done.',
});
async function post(...notices: Notice[]): Promise<void> {
  for (const one of notices) await redis.hset(keys.notices(session), one.id, JSON.stringify(one));
  await redis.publish(keys.noticeChannel, session);
}

test('M122 a call is kept, and answered by whoever takes it', async () => {
  const asked: DeskRequest[] = [];
  const before = noted.length;
  const answer = tools.call(request('call_1'), kept);
  await until('the call is kept', () => noted.length > before);
  answering((one) => {
    asked.push(one);
    return { output: '{"job":7}' };
  });
  expect(await answer).toBe('{"job":7}');
  expect(asked).toMatchObject([{ type: 'call', sessionId: session, callId: 'call_1' }]);
});

test('M122 the same call is one entry, and answered again', async () => {
  let asked = 0;
  answering(() => ({ output: `${++asked}` }));
  const strange = 'call:1/ü 2';
  expect(await tools.call(request(strange), kept)).toBe('1');
  expect(await tools.call(request(strange), kept)).toBe('1');
  expect(await tools.call(request('other'), kept)).toBe('2');
});

test('M122 an answer whose message was lost is looked for', async () => {
  const entries = new Queue(QUEUES.desk, { connection: redis, prefix: keys.queues });
  answering(() => ({ output: 'first' }));
  await tools.call(request('again'), kept);
  await redis.del(`${keys.queues}:${QUEUES.desk}:events`);
  // It was done before: nothing is told of it any more.
  expect(await tools.call(request('again'), kept)).toBe('first');
  await entries.close();
});

test('M122 tools that fail, and tools that answer nonsense', async () => {
  answering((one) => {
    if (one.type === 'call' && one.callId === 'boom') throw new Error('Boom');
    return { nonsense: true };
  });
  await expect(tools.call(request('boom'), kept)).rejects.toThrow('Boom');
  await expect(tools.call(request('odd'), kept)).rejects.toThrow('no answer');
});

test('M122 nothing is taken while Redis is away', async () => {
  redis.disconnect();
  await once(redis, 'end');
  await expect(tools.call(request('late'), kept)).rejects.toMatchObject({ code: 'no-tools' });
});

test('M124 notices: told of, read in order without broken ones, taken away; others hear nothing', async () => {
  const other = desk.of(newSessionId());
  other.events.on('news', () => noted.push('other'));
  const news = once(tools.events, 'news');
  const [one, two] = [notice(1), notice(2)];
  await redis.hset(keys.notices(session), 'x', 'no JSON', 'y', '{"id":1}');
  await post(two, one);
  await news;
  expect(await tools.notices()).toEqual([one, two]);
  await tools.told([one.id]);
  await tools.told([]);
  expect(await tools.notices()).toEqual([two]);
  expect(noted).not.toContain('other');
  other.close();
});

test('M124 when Redis is back there may be news', async () => {
  const news = once(tools.events, 'news');
  redis.disconnect(true);
  await news;
  expect(await tools.notices()).toEqual([]);
});
