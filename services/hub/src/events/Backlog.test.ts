import { keys } from '@parley/contract';
import { createLog } from '@parley/kit/log';
import { expect, test } from 'vitest';
import { Backlog } from './Backlog.ts';

function setUp() {
  const redis = {
    waiting: 0,
    dead: 0,
    xlen: async () => redis.waiting,
    llen: async () => redis.dead,
    xrange: async () => (redis.waiting > 0 ? [['1700000000000-7', []] as [string, string[]]] : []),
  };
  const lines: string[] = [];
  const log = createLog('test', 'info', {
    write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg),
  });
  return { redis, lines, backlog: new Backlog({ redis, alarmAt: 1_000, log }) };
}

test('H22 an alarm is told once when it begins and once when it is over', async () => {
  const { redis, lines, backlog } = setUp();
  for (const waiting of [0, 999, 1_000, 5_000, 999, 0]) {
    redis.waiting = waiting;
    await backlog.look();
    expect([backlog.waiting, backlog.alarm]).toEqual([waiting, waiting >= 1_000]);
  }
  expect(lines).toEqual(['events pile up', 'events pile up no more']);
  redis.waiting = 1_000;
  await backlog.look();
  expect(backlog.words).toMatch(/^1000 events wait for Postgres\. That is an alarm/);
});

test('H22 what could not be stored is told whenever there is more of it, and where it is', async () => {
  const { redis, lines, backlog } = setUp();
  expect(backlog.words).toBe('No event waits for Postgres.');
  for (const dead of [2, 2, 3]) {
    redis.dead = dead;
    await backlog.look();
  }
  expect(lines).toEqual(['events could not be stored', 'events could not be stored']);
  expect(backlog.words).toContain(`3 could not be stored: see the list ${keys.deadEvents}`);
});

test('H22 how long the oldest has waited is known', async () => {
  const { redis, backlog } = setUp();
  await backlog.look();
  expect(backlog.oldestMs(1_700_000_004_000)).toBe(0);
  redis.waiting = 2;
  await backlog.look();
  expect(backlog.oldestMs(1_700_000_004_000)).toBe(4_000);
  expect(backlog.oldestMs(1_699_999_999_000)).toBe(0);
  redis.waiting = 0;
  await backlog.look();
  expect(backlog.oldestMs(1_700_000_004_000)).toBe(0);
});
