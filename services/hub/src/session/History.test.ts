import { AppError, newEventId, newSessionId } from '@parley/contract';
import type { SessionEvent } from '@parley/contract';
import { expect, test, vi } from 'vitest';
import { fold } from './fold.ts';
import { History } from './History.ts';
import type { Archive, EventTail } from './ports.ts';

const id = newSessionId();
const event = (seq: number, type: 'session:ended' | 'error:raised' = 'error:raised') =>
  ({
    id: newEventId(),
    sessionId: id,
    seq,
    at: seq,
    type,
    data: type === 'session:ended' ? { reason: 'idle' } : { source: 'hub', code: 'x', message: 'y' },
  }) as SessionEvent;
const all = [1, 2, 3, 4, 5, 6].map((seq) => event(seq, seq === 6 ? 'session:ended' : 'error:raised'));

function setUp({
  archived = 0,
  logged = 6,
  from = archived,
}: {
  archived?: number;
  logged?: number;
  from?: number;
}) {
  const stored = all.slice(0, archived);
  const archive: Archive = {
    jobs: async () => [],
    wasRemoved: () => Promise.resolve(false),
    lastSeq: () => Promise.resolve(archived),
    events: (_id, { after, types, limit }) =>
      Promise.resolve(
        stored.filter(({ seq, type }) => seq > after && (types?.includes(type) ?? true)).slice(0, limit),
      ),
    session: () => Promise.resolve(fold(id, undefined, stored)),
    listEnded: () => Promise.resolve([]),
    spentUsd: () => Promise.resolve(0),
    open: () => Promise.resolve([]),
  };
  const unwritten = vi.fn(() => Promise.resolve(all.slice(from, logged)));
  const tail: EventTail = { head: () => Promise.resolve(logged), unwritten };
  const pause = vi.fn(() => Promise.resolve());
  return { history: new History(archive, tail, pause), archive, unwritten, pause };
}
const seqs = (page: { events: SessionEvent[] }) => page.events.map(({ seq }) => seq);

test.each([
  ['nothing is written', { archived: 0 }],
  ['half is written', { archived: 3 }],
  ['what is written was not trimmed yet', { archived: 4, from: 1 }],
  ['everything is written', { archived: 6 }],
])('H12 the history is whole and in order when %s', async (_name, state) => {
  const { history } = setUp(state);
  expect(seqs(await history.page(id, { after: 0, limit: 100 }))).toEqual([1, 2, 3, 4, 5, 6]);
  const first = await history.page(id, { after: 1, limit: 3 });
  expect([seqs(first), first.nextAfter]).toEqual([[2, 3, 4], 4]);
  const last = await history.page(id, { after: 4, limit: 3 });
  expect([seqs(last), last.nextAfter]).toEqual([[5, 6], null]);
  const ends = await history.page(id, { after: 0, limit: 3, types: ['session:ended'] });
  expect([seqs(ends), ends.nextAfter]).toEqual([[6], null]);
});

test('H12 the log is only searched while the archive is behind', async () => {
  const { history, unwritten } = setUp({ archived: 6 });
  await history.page(id, { after: 0, limit: 10 });
  expect(unwritten).not.toHaveBeenCalled();
});

test('H12 while the archive is away what the log has is served, what it has not is refused', async () => {
  const { history, archive } = setUp({ archived: 0, from: 2 });
  const away = () => Promise.reject(new AppError('not-ready', 'away'));
  Object.assign(archive, { lastSeq: away, events: away, session: away });
  expect(seqs(await history.page(id, { after: 2, limit: 10 }))).toEqual([3, 4, 5, 6]);
  await expect(history.page(id, { after: 1, limit: 10 })).rejects.toMatchObject({ code: 'not-ready' });
});

test('H12 a session that has just ended has ended, though the archive does not know it yet', async () => {
  const { history } = setUp({ archived: 4 });
  expect(await history.session(id)).toMatchObject({ endedAt: 6, endReason: 'idle' });
});

test('a session that neither knows is not found', async () => {
  const { history } = setUp({ archived: 0, logged: 0 });
  await expect(history.session(id)).rejects.toMatchObject({ code: 'session-not-found' });
});

test('waits for the archive, but not for ever', async () => {
  const { history, pause } = setUp({ archived: 4 });
  await history.settled(id);
  expect(pause).toHaveBeenCalledTimes(30);
  const done = setUp({ archived: 6 });
  await done.history.settled(id);
  expect(done.pause).not.toHaveBeenCalled();
});

test('every event can be had, page by page', async () => {
  const { history } = setUp({ archived: 3 });
  const found: number[] = [];
  for await (const { seq } of history.all(id)) found.push(seq);
  expect(found).toEqual([1, 2, 3, 4, 5, 6]);
});
