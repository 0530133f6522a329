import { EventEmitter } from 'node:events';
import { newMixerId, PROTOCOL_VERSION } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { Lease, LEASE_MS, RENEW_MS } from './Lease.ts';

const MIXER = newMixerId();

/** Takes every write at once while it is there. */
class FakeRedis extends EventEmitter {
  status = 'ready';
  writes = 0;
  multi() {
    const chain = { set: () => chain, sadd: () => chain, exec: async () => (this.writes += 1) };
    return chain;
  }
  async del() {}
}

async function makeLease() {
  const clock = new FakeClock();
  const redis = new FakeRedis();
  const load = { draining: false, rooms: 0, participants: 0, maxRooms: 1, cpu: 0 };
  const record = async () => ({ id: MIXER, protocol: PROTOCOL_VERSION, startedAt: 0, ...load });
  const lease = new Lease({
    mixerId: MIXER,
    redis: redis as unknown as Redis,
    clock,
    log: silentLog,
    record,
  });
  const told: string[] = [];
  lease.events.on('slept', () => told.push('slept'));
  lease.events.on('regained', () => told.push('regained'));
  await lease.open();
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { clock, redis, lease, told, settled };
}

test('M27 a process that was stopped until after the end of its lease notices before it does anything', async () => {
  const { clock, lease, told, redis, settled } = await makeLease();
  clock.sleep(LEASE_MS + 1);
  lease.check();
  lease.check();
  expect(told).toEqual(['slept']);
  const before = redis.writes;
  clock.turn(RENEW_MS);
  await settled();
  expect(redis.writes).toBe(before + 1);
  expect(told).toEqual(['slept', 'regained']);
  clock.sleep(LEASE_MS + 1);
  lease.check();
  expect(told.at(-1)).toBe('slept');
});

test('M27 a short stop is none', async () => {
  const { clock, lease, told } = await makeLease();
  clock.sleep(LEASE_MS - RENEW_MS);
  lease.check();
  expect(told).toEqual([]);
});

test('M27 a lease that runs out before our eyes, because Redis is away, costs nothing; then rooms are looked after', async () => {
  const { clock, lease, told, redis, settled } = await makeLease();
  redis.status = 'reconnecting';
  for (let i = 0; i < 60; i++) {
    clock.turn(RENEW_MS / 2);
    await settled();
    lease.check();
  }
  expect(told).toEqual([]);
  const before = redis.writes;
  redis.status = 'ready';
  redis.emit('ready');
  await settled();
  expect(redis.writes).toBe(before + 1);
  expect(told).toEqual(['regained']);
});

test('after close nothing is noticed any more', async () => {
  const { clock, lease, told } = await makeLease();
  await lease.close();
  clock.sleep(LEASE_MS * 2);
  lease.check();
  expect(told).toEqual([]);
  expect(clock.timers).toBe(0);
});
