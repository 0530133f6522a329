import { EventEmitter } from 'node:events';
import { keys, newMixerId } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import { expect, test } from 'vitest';
import { RedisMixerWatch, SETTLING_MS } from './RedisMixerWatch.ts';

const [a, b] = [newMixerId(), newMixerId()];

/** Two mixers as Redis knows them: whether they have a record, and how many listen to their commands. */
class FakeRedis extends EventEmitter {
  readonly ids = new Set<string>([a, b]);
  readonly records = new Map<string, string>([a, b].map((id) => [keys.mixer(id), '{}']));
  readonly ears = new Map<string, number>([a, b].map((id) => [keys.mixerCommands(id), 1]));
  smembers = async () => [...this.ids];
  mget = async (names: string[]) => names.map((name) => this.records.get(name) ?? null);
  pubsub = async (_command: string, ...channels: string[]) =>
    channels.flatMap((channel) => [channel, this.ears.get(channel) ?? 0]);
  exists = async (name: string) => Number(this.records.has(name));
  srem = async (_key: string, id: string) => this.ids.delete(id);
}

function setUp() {
  const redis = new FakeRedis();
  const clock = { ms: 10_000 };
  const watch = new RedisMixerWatch(redis as unknown as Redis, () => clock.ms);
  return { redis, clock, watch };
}

test('H8 a mixer without a record is gone', async () => {
  const { redis, watch } = setUp();
  expect(await watch.gone()).toEqual([]);
  redis.records.delete(keys.mixer(a));
  expect(await watch.gone()).toEqual([a]);
  await watch.forget(a);
  expect(await watch.gone()).toEqual([]);
});

test('H8 one to whom nobody listens is gone at the second look, and known until its record is gone, too', async () => {
  const { redis, clock, watch } = setUp();
  redis.ears.set(keys.mixerCommands(a), 0);
  expect(await watch.gone()).toEqual([]);
  clock.ms += 250;
  expect(await watch.gone()).toEqual([a]);
  await watch.forget(a);
  expect(redis.ids.has(a)).toBe(true);
});

test('H8 one that is heard again in between was only connecting anew', async () => {
  const { redis, clock, watch } = setUp();
  redis.ears.set(keys.mixerCommands(a), 0);
  await watch.gone();
  redis.ears.set(keys.mixerCommands(a), 1);
  clock.ms += 250;
  await watch.gone();
  redis.ears.set(keys.mixerCommands(a), 0);
  clock.ms += 250;
  expect(await watch.gone()).toEqual([]);
});

test('H8 while Redis is away nobody is gone, and for a while longer', async () => {
  const { redis, clock, watch } = setUp();
  redis.records.clear();
  redis.emit('close');
  expect(await watch.gone()).toEqual([]);
  redis.emit('ready');
  clock.ms += SETTLING_MS - 1;
  expect(await watch.gone()).toEqual([]);
  clock.ms += 1;
  expect(await watch.gone()).toEqual([a, b]);
});
