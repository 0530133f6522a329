import { AppError, newSessionId } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { expect, test } from 'vitest';
import { Directory } from './Directory.ts';
import { unknownSettings } from './fold.ts';
import type { History } from './History.ts';
import type { Archive, ArchivedSession, LiveSession, SessionStore } from './ports.ts';

const live: LiveSession = {
  id: newSessionId(),
  settings: unknownSettings(newSessionId()),
  createdAt: 2,
  mixer: null,
  locked: false,
  epoch: 0,
  seats: [],
};
const ended: ArchivedSession = {
  id: newSessionId(),
  settings: unknownSettings(newSessionId()),
  createdAt: 1,
  endedAt: 3,
  endReason: 'idle',
  participants: [],
};

function setUp(archiveThere = true) {
  const away = () => Promise.reject(new AppError('not-ready', 'away'));
  return new Directory({
    store: {
      find: (id: string) => Promise.resolve(id === live.id ? live : undefined),
      findAll: (ids: string[]) => Promise.resolve(ids.includes(live.id) ? [live] : []),
      listIds: (before: object | null) => Promise.resolve(before ? [] : [live.id]),
    } as unknown as SessionStore,
    archive: {
      spentUsd: () => (archiveThere ? Promise.resolve(0.25) : away()),
      listEnded: (before: object | null) => (archiveThere ? Promise.resolve(before ? [] : [ended]) : away()),
    } as unknown as Archive,
    history: {
      session: (id: string) =>
        id === ended.id ? Promise.resolve(ended) : Promise.reject(new AppError('session-not-found', 'none')),
    } as unknown as History,
    log: silentLog,
    maxParticipants: 4,
  });
}

test('the archive may be away: the live ones are listed, and the rest can be asked for later', async () => {
  const page = await setUp(false).page(undefined, 10);
  expect(page.sessions.map(({ id }) => id)).toEqual([live.id]);
  if (!page.nextCursor) throw new Error('no cursor');
  await expect(setUp(false).page(page.nextCursor, 10)).rejects.toMatchObject({ code: 'not-ready' });
  const rest = await setUp().page(page.nextCursor, 10);
  expect(rest).toMatchObject({ sessions: [{ id: ended.id, state: 'ended' }], nextCursor: null });
});

test('one session is shown with what it has cost, if that is known now', async () => {
  expect(await setUp().detailed(live.id)).toMatchObject({ id: live.id, costUsd: 0.25 });
  expect(await setUp(false).detailed(live.id)).toMatchObject({ id: live.id, costUsd: null });
  await expect(setUp().detailed(newSessionId())).rejects.toMatchObject({ code: 'session-not-found' });
});

test('a page that is exactly full of live ones goes on with the ended ones', async () => {
  const first = await setUp().page(undefined, 1);
  expect(first.sessions.map(({ id }) => id)).toEqual([live.id]);
  const second = await setUp().page(first.nextCursor ?? '', 1);
  expect(second.sessions.map(({ id }) => id)).toEqual([ended.id]);
});

test.each(['', 'x', btoa('{}'), btoa('{"part":"live","after":{"createdAt":"x"}}'), btoa('null')])(
  'the cursor %j is refused',
  async (cursor) => {
    await expect(setUp().page(cursor, 10)).rejects.toMatchObject({ code: 'bad-request', message: /^cursor/ });
  },
);

test('says of what is not live whether it has ended or never was', async () => {
  await expect(setUp().live(ended.id)).rejects.toMatchObject({ code: 'session-ended' });
  await expect(setUp().live(newSessionId())).rejects.toMatchObject({ code: 'session-not-found' });
  expect(await setUp().live(live.id)).toBe(live);
});
