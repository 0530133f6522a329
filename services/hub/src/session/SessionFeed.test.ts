import { newEventId, newSessionId } from '@parley/contract';
import type { SessionEvent } from '@parley/contract';
import { expect, test, vi } from 'vitest';
import { SessionFeed } from './SessionFeed.ts';

const sessionId = newSessionId();
const event = (seq: number): SessionEvent => ({
  id: newEventId(),
  sessionId,
  seq,
  at: seq,
  type: 'session:ended',
  data: { reason: 'idle' },
});

function setUp(after: number | Promise<number>, fill = vi.fn(() => Promise.resolve<SessionEvent[]>([]))) {
  const delivered: number[] = [];
  const feed = new SessionFeed({
    after: Promise.resolve(after),
    fill,
    deliver: ({ seq }) => delivered.push(seq),
  });
  return { feed, delivered, fill };
}

test('H11 delivers in order and drops repeats', async () => {
  const { feed, delivered } = setUp(2);
  await feed.ready;
  for (const seq of [1, 3, 3, 4, 2, 4, 5]) feed.push(event(seq));
  expect(delivered).toEqual([3, 4, 5]);
});

test('H11 holds what comes before the beginning is known', async () => {
  const start = Promise.withResolvers<number>();
  const { feed, delivered } = setUp(start.promise);
  for (const seq of [5, 6, 7]) feed.push(event(seq));
  expect(delivered).toEqual([]);
  start.resolve(5);
  await feed.ready;
  expect(delivered).toEqual([6, 7]);
});

test('H11 fetches what the channel lost, then goes on', async () => {
  const { feed, delivered, fill } = setUp(
    0,
    vi.fn(() => Promise.resolve([event(1), event(2), event(3)])),
  );
  await feed.ready;
  feed.push(event(3));
  feed.push(event(4));
  expect(delivered).toEqual([]);
  await vi.waitFor(() => expect(delivered).toEqual([1, 2, 3, 4]), { timeout: 30_000 });
  expect(fill).toHaveBeenCalledExactlyOnceWith(0);
});

test('H11 goes on after the hole when nobody has what was lost', async () => {
  const { feed, delivered, fill } = setUp(
    0,
    vi.fn(() => Promise.reject(new Error('away'))),
  );
  await feed.ready;
  feed.push(event(3));
  await vi.waitFor(() => expect(delivered).toEqual([3]), { timeout: 30_000 });
  feed.push(event(4));
  expect(delivered).toEqual([3, 4]);
  expect(fill).toHaveBeenCalledTimes(3);
});

test('H11 catches up after a reconnect though nothing new comes', async () => {
  const { feed, delivered } = setUp(
    1,
    vi.fn(() => Promise.resolve([event(2), event(3)])),
  );
  await feed.ready;
  feed.catchUp(3);
  await vi.waitFor(() => expect(delivered).toEqual([2, 3]), { timeout: 30_000 });
});

test('a closed feed delivers nothing more', async () => {
  const { feed, delivered } = setUp(0);
  await feed.ready;
  feed.close();
  feed.push(event(1));
  expect(delivered).toEqual([]);
});
