import { SessionId } from '@parley/contract';
import { expect, test } from 'vitest';
import { session } from '../session/testing/samples.ts';
import { extended, failed, refreshed, startList } from './sessionList.ts';

const live = (id: string, createdAt: number) => session({ id: SessionId.parse(id), createdAt });
const ended = (id: string, endedAt: number) =>
  session({ id: SessionId.parse(id), createdAt: 1, endedAt, state: 'ended' });
const ids = (sessions: { id: string }[]) => sessions.map(({ id }) => id);

test('live and ended apart, each the newest first', () => {
  const list = refreshed(startList, {
    sessions: [live('aaaa-aaaa', 1), live('bbbb-bbbb', 2), ended('cccc-cccc', 3), ended('dddd-dddd', 4)],
    nextCursor: 'next',
  });
  expect([ids(list.live), ids(list.ended), list.cursor, list.loading]).toEqual([
    ['bbbb-bbbb', 'aaaa-aaaa'],
    ['dddd-dddd', 'cccc-cccc'],
    'next',
    false,
  ]);
});

test('older sessions that were fetched stay through a refresh', () => {
  const first = refreshed(startList, { sessions: [ended('cccc-cccc', 3)], nextCursor: '2' });
  const more = extended(first, { sessions: [ended('cccc-cccc', 3), ended('dddd-dddd', 2)], nextCursor: '3' });
  const again = refreshed(more, { sessions: [live('aaaa-aaaa', 9), ended('cccc-cccc', 3)], nextCursor: '2' });
  expect([ids(again.live), ids(again.ended), again.cursor]).toEqual([
    ['aaaa-aaaa'],
    ['cccc-cccc', 'dddd-dddd'],
    '3',
  ]);
});

test('a session that ended meanwhile moves', () => {
  const before = refreshed(startList, { sessions: [live('aaaa-aaaa', 1)], nextCursor: null });
  const after = refreshed(before, { sessions: [ended('aaaa-aaaa', 2)], nextCursor: null });
  expect([ids(after.live), ids(after.ended)]).toEqual([[], ['aaaa-aaaa']]);
});

test('a failure keeps what is known, until it works again', () => {
  const known = refreshed(startList, { sessions: [live('aaaa-aaaa', 1)], nextCursor: null });
  const broken = failed(known, { title: 'Away', text: '', retry: true });
  expect([ids(broken.live), broken.problem?.title]).toEqual([['aaaa-aaaa'], 'Away']);
  expect(refreshed(broken, { sessions: [], nextCursor: null }).problem).toBeNull();
});
