import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis, type Redis, waitForRedis } from '@parley/kit/redis';
import { CounterMissing, type Place, SequencedLog } from '@parley/kit/sequencedLog';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStores, type Stores } from '../../support/stores/startStores.ts';

const place = (group: string, id: string): Place => ({
  stream: 'test:stream',
  counter: `test:${group}:seq`,
  seen: `test:${group}:seen:${id}`,
  channel: 'test:channel',
});

describe('SequencedLog on a real Redis', () => {
  let stores: Stores;
  let clients: Redis[];

  beforeAll(async () => {
    stores = await startStores();
    clients = Array.from({ length: 5 }, (_, index) =>
      createRedis(stores.redisUrl, silentLog, `test-${index}`),
    );
    await Promise.all(clients.map((client) => waitForRedis(client, 10_000)));
  });
  afterAll(async () => {
    await Promise.all(clients.map(closeRedis));
    await stores.close();
  });

  const first = () => {
    const [client] = clients;
    if (!client) throw new Error('No client');
    return client;
  };

  it('numbers without gaps, however many append at once, in the order of the stream', async () => {
    await first().set('test:many:seq', 0);
    const logs = clients.map((client) => new SequencedLog(client));
    const given = await Promise.all(
      logs.flatMap((log, n) =>
        Array.from({ length: 100 }, (_, i) => log.append(place('many', `e${n}-${i}`), { n, i })),
      ),
    );
    expect(new Set(given).size).toBe(500);
    const entries = await first().xrange('test:stream', '-', '+');
    expect(entries.map(([, fields]) => Number(fields[1]))).toEqual(
      Array.from({ length: 500 }, (_, i) => i + 1),
    );
  });

  it('answers a repeated ID with its former number and adds nothing', async () => {
    await first().set('test:twice:seq', 7);
    const log = new SequencedLog(first());
    const before = await first().xlen('test:stream');
    expect(await log.append(place('twice', 'same'), { a: 1 })).toBe(8);
    expect(await log.append(place('twice', 'same'), { a: 1 })).toBe(8);
    expect(await first().xlen('test:stream')).toBe(before + 1);
  });

  it('refuses a group whose counter is lost rather than starting again at 1', async () => {
    const log = new SequencedLog(first());
    await expect(log.append(place('lost', 'e'), {})).rejects.toBeInstanceOf(CounterMissing);
  });

  it('tells the channel the same body and number, text of any kind included', async () => {
    const listener = createRedis(stores.redisUrl, silentLog, 'listener');
    const heard = Promise.withResolvers<unknown>();
    listener.on('message', (_channel, text) => heard.resolve(JSON.parse(text)));
    await listener.subscribe('test:channel');
    await first().set('test:text:seq', 0);
    const body = { text: 'Quotes " and \\ and \u2028, 語, 😀, %d %s' };
    await new SequencedLog(first()).append(place('text', 'e'), body);
    expect(await heard.promise).toEqual({ seq: 1, event: body });
    await closeRedis(listener);
  });
});

describe('waitForRedis', () => {
  it('gives up with words when nobody answers', async () => {
    const nobody = createRedis('redis://127.0.0.1:1', silentLog, 'nobody');
    await expect(waitForRedis(nobody, 200)).rejects.toThrow(/127\.0\.0\.1:1 did not answer .*REDIS_URL/);
    await closeRedis(nobody);
  });
});
