import { eventPlace, keys, newEventId, newMixerId, newParticipantId, newSessionId } from '@parley/contract';
import type { SessionId } from '@parley/contract';
import { unknownSettings } from '@parley/hub/session/fold';
import { fact } from '@parley/hub/session/events';
import type { LiveSession, Loss, Seat } from '@parley/hub/session/ports';
import { newSeat } from '@parley/hub/session/views';
import { readEntry, readEvent } from '@parley/hub/store/streamEntry';
import { RedisSessionStore } from '@parley/hub/store/RedisSessionStore';
import { closeRedis, createRedis } from '@parley/kit/redis';
import type { Redis } from '@parley/kit/redis';
import { silentLog } from '@parley/kit/log';
import { SequencedLog, Superseded } from '@parley/kit/sequencedLog';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startStores } from '../../support/stores/startStores.ts';
import type { Stores } from '../../support/stores/startStores.ts';

let stores: Stores;
let redis: Redis;
let store: RedisSessionStore;
let id: SessionId;
const restore = vi.fn((session: SessionId) => redis.set(keys.seq(session), 7).then(() => undefined));

beforeAll(async () => {
  stores = await startStores();
  redis = createRedis(stores.redisUrl, silentLog, 'test');
  store = new RedisSessionStore(redis, restore);
});
afterAll(async () => {
  await closeRedis(redis);
  await stores.close();
});
beforeEach(async () => {
  await redis.flushall();
  restore.mockClear();
  id = await live(1_000);
});

async function live(createdAt: number): Promise<SessionId> {
  const session: LiveSession = {
    id: newSessionId(),
    settings: unknownSettings(newSessionId()),
    createdAt,
    mixer: null,
    locked: false,
    epoch: 0,
    seats: [],
  };
  const created = fact('session:created', session.id, createdAt, session.settings);
  expect(await store.create(session, created)).toBe(true);
  return session.id;
}

const seat = (name = 'Anna') => newSeat(newParticipantId(), name, 'speaker', 'browser');
const left = (who: Seat) =>
  fact('participant:left', id, 5_000, { participantId: who.id, name: who.name, reason: 'disconnected' });

function join(who: Seat, connection: string, max = 10) {
  const { id: participantId, name, role, client } = who;
  const joined = fact('participant:joined', id, 2_000, { participantId, name, role, client });
  return store.join(id, { ...who, state: 'connected', connection, joinedAt: 2_000 }, max, joined);
}

async function facts(): Promise<string[]> {
  const entries = await redis.xrange(keys.events, '-', '+');
  return entries.map((entry) => {
    const { seq, type } = readEvent(readEntry(entry));
    return `${seq} ${type}`;
  });
}

describe('seats', () => {
  test('H1 of twenty at once only as many get a seat as there are', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.reserve(id, seat(), 5, 60_000)));
    expect(answers.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(5);
    expect(answers.filter(({ outcome }) => outcome === 'full')).toHaveLength(15);
  });

  test('H1 of twenty tokens without a seat only as many join as there are seats', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => join(seat(), `h/${n}`, 5)));
    expect(answers.filter(({ outcome }) => outcome === 'joined')).toHaveLength(5);
    expect(await facts()).toHaveLength(6);
  });

  test('H1 a reserved seat is given up when its time is over, and nobody hears of it', async () => {
    const anna = seat();
    await store.reserve(id, anna, 1, 10_000);
    expect(await store.dueSeats(9_999, 10)).toEqual([]);
    expect(await store.dueSeats(10_000, 10)).toEqual([{ sessionId: id, participantId: anna.id }]);
    expect(await store.leave(id, anna.id, { kind: 'due', at: 9_999 }, left(anna))).toBeUndefined();
    expect(await store.leave(id, anna.id, { kind: 'due', at: 10_000 }, left(anna))).toMatchObject({
      id: anna.id,
    });
    expect(await facts()).toEqual(['1 session:created']);
    expect(await store.reserve(id, seat(), 1, 1)).toMatchObject({ outcome: 'reserved' });
  });

  test('H1 a reservation that is asked for again is kept longer, never shorter', async () => {
    const anna = seat();
    await store.reserve(id, anna, 1, 10_000);
    expect(await store.reserve(id, anna, 1, 20_000)).toMatchObject({ outcome: 'kept' });
    await store.reserve(id, anna, 1, 5_000);
    expect(await store.dueSeats(19_999, 10)).toEqual([]);
  });

  test('H2 the same participant once more resumes, and names the connection that it replaces', async () => {
    const anna = seat();
    expect(await join(anna, 'h/1')).toMatchObject({ outcome: 'joined', previous: '' });
    expect(await join(anna, 'h/2')).toMatchObject({ outcome: 'resumed', previous: 'h/1' });
    expect(await facts()).toEqual(['1 session:created', '2 participant:joined']);
    expect((await store.find(id))?.seats).toMatchObject([
      { id: anna.id, connection: 'h/2', joinedAt: 2_000 },
    ]);
  });

  test('H3 a broken connection keeps the seat until its time is over', async () => {
    const anna = seat();
    await join(anna, 'h/1');
    expect(await store.detach(id, anna.id, 'h/1', 30_000)).toBe(true);
    expect((await store.find(id))?.seats).toMatchObject([{ state: 'away', connection: '' }]);
    expect(await join(anna, 'h/2')).toMatchObject({ outcome: 'resumed', previous: '' });
    expect(await store.dueSeats(99_999, 10)).toEqual([]);
  });

  test('H3 only the connection that holds a seat can lose it or leave it', async () => {
    const anna = seat();
    await join(anna, 'h/1');
    await join(anna, 'h/2');
    expect(await store.detach(id, anna.id, 'h/1', 30_000)).toBe(false);
    expect(
      await store.leave(id, anna.id, { kind: 'connection', connection: 'h/1' }, left(anna)),
    ).toBeUndefined();
    expect((await store.find(id))?.seats).toMatchObject([{ state: 'connected', connection: 'h/2' }]);
  });

  test('H5 twenty hubs that give up the same seat tell it once', async () => {
    const anna = seat();
    await join(anna, 'h/1');
    await store.detach(id, anna.id, 'h/1', 30_000);
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => store.leave(id, anna.id, { kind: 'due', at: 30_000 }, left(anna))),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await facts()).toEqual(['1 session:created', '2 participant:joined', '3 participant:left']);
  });

  test('H6 mute is told when it changes, and survives a reconnect', async () => {
    const anna = seat();
    const muted = () => fact('participant:muted', id, 3_000, { participantId: anna.id, muted: true });
    expect(await store.mute(id, muted())).toBe('missing');
    await join(anna, 'h/1');
    expect(await store.mute(id, muted())).toBe('changed');
    expect(await store.mute(id, muted())).toBe('unchanged');
    expect(await join(anna, 'h/2')).toMatchObject({ seat: { muted: true } });
    expect((await facts()).slice(2)).toEqual(['3 participant:muted']);
  });

  test('a name in any script comes back as it was', async () => {
    const name = 'Zoë 🎧 "李" \\ /';
    await join(seat(name), 'h/1');
    expect((await store.find(id))?.seats[0]?.name).toBe(name);
  });

  test('nobody sits down in a session that is not live', async () => {
    const nowhere = newSessionId();
    expect(await store.reserve(nowhere, seat(), 5, 1)).toEqual({ outcome: 'missing' });
    id = nowhere;
    expect(await join(seat(), 'h/1')).toEqual({ outcome: 'missing' });
    expect(await redis.exists(keys.participants(nowhere))).toBe(0);
  });
});

describe('sessions', () => {
  test('an ID that is taken, or was a moment ago, is not given again', async () => {
    const session = await store.find(id);
    if (!session) throw new Error('not live');
    const created = fact('session:created', id, 1, session.settings);
    expect(await store.create(session, created)).toBe(false);
    await store.end(id, { kind: 'any' }, [], fact('session:ended', id, 2, { reason: 'idle' }));
    expect(await store.create(session, created)).toBe(false);
  });

  test('H5 twenty hubs that end a session tell it once, for everybody in it', async () => {
    const anna = seat();
    await join(anna, 'h/1');
    await store.reserve(id, seat('Not yet'), 5, 60_000);
    const ends = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.end(
          id,
          { kind: 'any' },
          [left(anna)],
          fact('session:ended', id, 9, { reason: 'ended-by-owner' }),
        ),
      ),
    );
    expect(ends.filter(({ outcome }) => outcome === 'ended')).toHaveLength(1);
    expect((await facts()).slice(2)).toEqual(['3 participant:left', '4 session:ended']);
    expect(await store.find(id)).toBeUndefined();
    expect(await store.dueSeats(99_999_999, 10)).toEqual([]);
    expect(await store.emptySince(99_999_999, 10)).toEqual([]);
    expect(await redis.ttl(keys.seq(id))).toBeGreaterThan(3_000);
  });

  test('H6 a session does not end before everybody in it is accounted for', async () => {
    await join(seat(), 'h/1');
    const ended = fact('session:ended', id, 9, { reason: 'ended-by-owner' });
    expect(await store.end(id, { kind: 'any' }, [], ended)).toEqual({ outcome: 'changed' });
    expect(await facts()).toHaveLength(2);
  });

  test('H5 only a session that nobody was in for so long ends for being idle', async () => {
    const ended = fact('session:ended', id, 9, { reason: 'idle' });
    const idle = (at: number) => store.end(id, { kind: 'empty-since', at }, [], ended);
    expect(await store.emptySince(1_000, 10)).toEqual([id]);
    expect(await idle(999)).toEqual({ outcome: 'kept' });
    const anna = seat();
    await join(anna, 'h/1');
    expect(await store.emptySince(99_999, 10)).toEqual([]);
    expect(await idle(99_999)).toEqual({ outcome: 'kept' });
    await store.leave(id, anna.id, { kind: 'any' }, left(anna));
    expect(await idle(4_999)).toEqual({ outcome: 'kept' });
    expect(await idle(5_000)).toEqual({ outcome: 'ended', mixer: null });
  });

  const moved = ({ at, why }: Loss) => fact('room:moved', id, 9_000, { reason: why, gapMs: 9_000 - at });

  test('H7 twenty hubs that place a session agree on one mixer and epoch; only that one can lose it', async () => {
    const mixers = Array.from({ length: 20 }, () => newMixerId());
    const placed = await Promise.all(mixers.map((mixer) => store.place(id, mixer, moved)));
    const winners = new Set(placed.map((each) => (each.outcome === 'missing' ? null : each.mixer)));
    expect(winners.size).toBe(1);
    expect(placed.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
    expect(placed.map((each) => each.outcome !== 'missing' && each.epoch)).toEqual(mixers.map(() => 1));
    const [winner] = winners;
    if (!winner) throw new Error('Nobody has it');
    expect(await store.placedAt(winner)).toEqual([id]);
    for (const mixer of mixers)
      expect(await store.unplace(id, { mixer, epoch: 1 }, null)).toBe(mixer === winner);
    expect((await store.find(id))?.mixer).toBeNull();
    expect(await store.placedAt(winner)).toEqual([]);
    expect(await store.homeless(10)).toEqual([]);
    expect(await store.place(newSessionId(), newMixerId(), moved)).toEqual({ outcome: 'missing' });
  });

  test('H7 the epoch grows with each claim; a loss of an older one is none', async () => {
    const [a, b] = [newMixerId(), newMixerId()];
    const seen: number[] = [];
    for (const mixer of [a, a, b, a]) {
      const placed = await store.place(id, mixer, moved);
      if (placed.outcome !== 'claimed') throw new Error(placed.outcome);
      seen.push(placed.epoch);
      await store.unplace(id, { mixer, epoch: 0 }, null);
    }
    expect(seen).toEqual([1, 2, 3, 4]);
    await store.place(id, a, moved);
    expect(await store.unplace(id, { mixer: a, epoch: 4 }, null)).toBe(false);
    expect(await store.unplace(id, { mixer: a, epoch: 5 }, null)).toBe(true);
  });

  test('H8 a lost room waits for a place; finding one is told once, in the same step', async () => {
    const [a, b] = [newMixerId(), newMixerId()];
    await store.place(id, a, moved);
    expect(await store.unplace(id, { mixer: a, epoch: 1 }, { at: 7_500, why: 'mixer-lost' })).toBe(true);
    expect(await store.homeless(10)).toEqual([id]);
    await Promise.all(Array.from({ length: 10 }, () => store.place(id, b, moved)));
    expect(await store.homeless(10)).toEqual([]);
    expect(await facts()).toEqual(['1 session:created', '2 room:moved']);
  });

  test('H8 nothing of a placement outlives its session', async () => {
    const mixer = newMixerId();
    await store.place(id, mixer, moved);
    await store.unplace(id, { mixer, epoch: 1 }, { at: 1, why: 'drained' });
    await store.place(id, mixer, moved);
    const ended = fact('session:ended', id, 9, { reason: 'idle' });
    await store.end(id, { kind: 'any' }, [], ended);
    expect(await redis.ttl(keys.placement(id))).toBeGreaterThan(3_000);
    expect(await store.homeless(10)).toEqual([]);
    expect(await redis.exists(keys.rooms)).toBe(0);
  });

  test('M27 what a mixer tells of a room that another one has is refused; a repeat is answered', async () => {
    const log = new SequencedLog(redis);
    const [a, b] = [newMixerId(), newMixerId()];
    const told = (epoch: number, eventId = newEventId()) =>
      log.append(eventPlace(id, eventId, epoch), { id: eventId, sessionId: id });
    await store.place(id, a, moved);
    const early = newEventId();
    expect(await told(1, early)).toBe(2);
    await store.unplace(id, { mixer: a, epoch: 1 }, { at: 1, why: 'mixer-lost' });
    expect(await told(1)).toBe(3);
    await store.place(id, b, moved);
    await expect(told(1)).rejects.toBeInstanceOf(Superseded);
    expect(await told(1, early)).toBe(2);
    expect(await told(2)).toBe(5);
  });

  test('H10 a step whose counter is lost restores it first, and tells its fact after the last one', async () => {
    await redis.del(keys.seq(id));
    await join(seat(), 'h/1');
    expect(restore).toHaveBeenCalledExactlyOnceWith(id);
    expect((await facts()).at(-1)).toBe('8 participant:joined');
  });

  test('live sessions are listed newest first, page by page, those of the same age too', async () => {
    const ids = [id];
    for (const createdAt of [2_000, 2_000, 2_000, 3_000]) ids.push(await live(createdAt));
    const seen: SessionId[] = [];
    let before: LiveSession | null = null;
    for (;;) {
      const page: SessionId[] = await store.listIds(before, 2);
      if (page.length === 0) break;
      seen.push(...page);
      before = (await store.findAll(page)).at(-1) ?? null;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(ids));
    expect(seen[0]).toBe(ids[4]);
    expect(seen[4]).toBe(id);
  });

  test('H4 a lease that is renewed does not lapse', async () => {
    await store.renewHub('hub_a', 1_000);
    await store.renewHub('hub_b', 2_000);
    expect(await store.lapsedHubs(1_500)).toEqual(['hub_a']);
    await store.renewHub('hub_a', 3_000);
    expect(await store.lapsedHubs(1_500)).toEqual([]);
    await store.forgetHub('hub_b');
    expect(await store.lapsedHubs(9_999)).toEqual(['hub_a']);
  });
});
