import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { ALREADY_ACTIVE, NOT_ACTIVE, ResponseQueue, STALE_MS, STUCK_MS } from './ResponseQueue.ts';

let clock: FakeClock;
let queue: ResponseQueue;
let said: string[];

beforeEach(() => {
  clock = new FakeClock();
  said = [];
  queue = new ResponseQueue(clock, {
    create: () => said.push('create'),
    cancel: (responseId) => said.push(`cancel ${responseId}`),
    stuck: () => said.push('stuck'),
  });
  queue.goOnline();
});

test('many wishes make one response in flight and one more', () => {
  queue.request();
  queue.request();
  queue.created('r1');
  queue.request();
  expect(said).toEqual(['create']);
  queue.done('r1');
  expect(said).toEqual(['create', 'create']);
  queue.created('r2');
  queue.done('r2');
  expect(said).toHaveLength(2);
  expect(clock.timers).toBe(0);
});

test('nothing is asked for while held, and the wish is kept', () => {
  queue.hold(true);
  queue.request();
  expect(said).toEqual([]);
  queue.hold(false);
  expect(said).toEqual(['create']);
});

test('repeated and late words of the provider change nothing', () => {
  queue.request();
  queue.created('r1');
  queue.created('r1');
  queue.done('r1');
  queue.done('r1');
  queue.created('r1');
  expect(queue.busy).toBe(false);
  queue.request();
  expect(said).toEqual(['create', 'create']);
});

test('done before created', () => {
  queue.request();
  queue.done('r1');
  queue.created('r1');
  expect(queue.busy).toBe(false);
  queue.request();
  expect(said).toEqual(['create', 'create']);
});

test('a response that nobody asked for is waited for', () => {
  queue.created('theirs');
  queue.request();
  expect(said).toEqual([]);
  queue.done('theirs');
  expect(said).toEqual(['create']);
});

test('cancels once, and asks again only after the end of the cancelled one', () => {
  queue.request();
  queue.created('r1');
  queue.cancel();
  queue.cancel();
  queue.request();
  expect(said).toEqual(['create', 'cancel r1']);
  expect(queue.busy).toBe(false);
  queue.done('r1');
  expect(said).toEqual(['create', 'cancel r1', 'create']);
});

test('what is cancelled before its ID is known is cancelled when it is', () => {
  queue.request();
  queue.cancel();
  expect(queue.busy).toBe(false);
  queue.created('r1');
  expect(said).toEqual(['create', 'cancel r1']);
});

test('a cancel that crossed the end is settled without news', () => {
  queue.request();
  queue.created('r1');
  queue.cancel();
  queue.request();
  expect(queue.rejected(NOT_ACTIVE, false)).toBe(true);
  expect(said).toEqual(['create', 'cancel r1', 'create']);
});

test('busy with a foreign response: asks again at its end', () => {
  queue.request();
  expect(queue.rejected(ALREADY_ACTIVE, true)).toBe(true);
  expect(said).toEqual(['create']);
  queue.done('theirs');
  expect(said).toEqual(['create', 'create']);
  clock.turn(10_000);
  expect(said).toEqual(['create', 'create']);
});

test('busy, and the end is never told: tries again, then gives the link up', () => {
  queue.request();
  queue.rejected(ALREADY_ACTIVE, true);
  clock.turn(500);
  expect(said).toEqual(['create', 'create']);
  for (let i = 0; i < 30 && !said.includes('stuck'); i++) {
    queue.rejected(ALREADY_ACTIVE, true);
    clock.turn(500);
  }
  expect(said.filter((word) => word === 'stuck')).toHaveLength(1);
  expect(said.filter((word) => word === 'create')).toHaveLength(21);
});

test('any other refusal drops the wish, and is news', () => {
  queue.request();
  expect(queue.rejected('rate_limit_exceeded', true)).toBe(false);
  expect(queue.busy).toBe(false);
  expect(said).toEqual(['create']);
  queue.request();
  expect(queue.rejected('whatever', false)).toBe(false);
  expect(queue.busy).toBe(true);
});

test('silence makes it stuck, news do not', () => {
  queue.request();
  clock.turn(STUCK_MS - 1);
  queue.created('r1');
  clock.turn(STUCK_MS - 1);
  queue.created('r1');
  clock.turn(STUCK_MS - 1);
  expect(said).toEqual(['create']);
  clock.turn(1);
  expect(said).toEqual(['create', 'stuck']);
});

test('offline: wishes wait, what was in flight comes again if it should', () => {
  queue.request();
  queue.created('r1');
  queue.goOffline(true);
  expect(clock.timers).toBe(0);
  queue.request();
  expect(said).toEqual(['create']);
  queue.goOnline();
  expect(said).toEqual(['create', 'create']);
  queue.created('r2');
  queue.goOffline(false);
  queue.goOnline();
  expect(said).toEqual(['create', 'create']);
});

test('a wish that is too old is dropped', () => {
  queue.goOffline(false);
  queue.request();
  clock.turn(STALE_MS + 1);
  queue.goOnline();
  expect(said).toEqual([]);
});
