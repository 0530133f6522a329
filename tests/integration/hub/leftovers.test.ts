import { keys, newMixerId, newParticipantId, newSessionId } from '@parley/contract';
import type { SessionId } from '@parley/contract';
import { fact } from '@parley/hub/session/events';
import { unknownSettings } from '@parley/hub/session/fold';
import type { Loss } from '@parley/hub/session/ports';
import { newSeat } from '@parley/hub/session/views';
import { RedisSessionStore } from '@parley/hub/store/RedisSessionStore';
import { closeRedis, createRedis, type Redis } from '@parley/kit/redis';
import { SEEN_SECONDS } from '@parley/kit/sequencedLog';
import { silentLog } from '@parley/kit/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStores, type Stores } from '../../support/stores/startStores.ts';
import { upTo } from './EventBench.ts';

/** What keys.ts says: counters stay for an hour, the memory of an event for ten minutes. */
const COUNTER_SECONDS = 3_600;
let stores: Stores;
let redis: Redis;
let store: RedisSessionStore;

beforeAll(async () => {
  stores = await startStores();
  redis = createRedis(stores.redisUrl, silentLog, 'test');
  store = new RedisSessionStore(redis, () => Promise.reject(new Error('No counter is lost here')));
});
afterAll(async () => {
  await closeRedis(redis);
  await stores.close();
});

/** Everything that a session may do to Redis. */
async function liveAndEnd(): Promise<SessionId> {
  const id = newSessionId();
  const settings = unknownSettings(id);
  const session = { id, settings, createdAt: 1, mixer: null, epoch: 0, locked: false, seats: [] };
  await store.create(session, fact('session:created', id, 1, settings));
  const moved = ({ why }: Loss) => fact('room:moved', id, 2, { reason: why, gapMs: 1 });
  const mixer = newMixerId();
  await store.place(id, mixer, moved);
  await store.unplace(id, { mixer, epoch: 1 }, { at: 1, why: 'mixer-lost' });
  await store.place(id, newMixerId(), moved);
  const seats = ['stays', 'leaves', 'is removed', 'is away', 'never came'].map((name) =>
    newSeat(newParticipantId(), name, 'speaker', 'browser'),
  );
  const [stays, leaves, removed, away] = seats;
  for (const seat of seats) {
    await store.reserve(id, seat, 10, 60_000);
    if (seat === seats.at(-1)) continue;
    const { id: participantId, name, role, client } = seat;
    const joined = fact('participant:joined', id, 2, { participantId, name, role, client });
    await store.join(id, { ...seat, state: 'connected', connection: 'hub/socket' }, 10, joined);
  }
  const of = (seat = stays) => ({ participantId: seat?.id ?? newParticipantId(), name: seat?.name ?? '' });
  await store.mute(id, fact('participant:muted', id, 3, { ...of(), muted: true }));
  await store.silence(id, fact('participant:silenced', id, 3, { ...of(), silenced: true, by: null }));
  await store.lock(id, fact('session:locked', id, 3, { locked: true, by: null }));
  const gone = (seat: typeof stays, reason: 'left' | 'removed' | 'session-ended') =>
    fact('participant:left', id, 4, { ...of(seat), reason });
  await store.leave(id, of(leaves).participantId, { kind: 'any' }, gone(leaves, 'left'));
  await store.leave(id, of(removed).participantId, { kind: 'any' }, gone(removed, 'removed'));
  await store.detach(id, of(away).participantId, 'hub/socket', 60_000);
  const last = [stays, away].map((seat) => gone(seat, 'session-ended'));
  const ended = fact('session:ended', id, 5, { reason: 'idle' });
  expect(await store.end(id, { kind: 'any' }, last, ended)).toMatchObject({ outcome: 'ended' });
  return id;
}

test('H5 of a thousand sessions that ended nothing is left but what runs out by itself, as keys.ts says', async () => {
  const ids = new Set((await Promise.all(upTo(1_000).map(liveAndEnd))) as string[]);
  for (const index of [keys.liveSessions, keys.emptySessions, keys.departures])
    expect(await redis.zcard(index)).toBe(0);
  expect(await redis.exists(keys.rooms, keys.homelessRooms)).toBe(0);
  const left: string[] = [];
  for await (const found of redis.scanStream({ match: 'parley:session:*', count: 5_000 }) as AsyncIterable<
    string[]
  >)
    left.push(...found);
  const ttls = redis.pipeline();
  for (const key of left) ttls.ttl(key);
  const lives = ((await ttls.exec()) ?? []).map(([, seconds]) => seconds as number);
  const tooLong = left.filter((key, index) => {
    const seconds = lives[index] ?? -1;
    return seconds < 0 || seconds > (/:(seq|placement)$/.test(key) ? COUNTER_SECONDS : SEEN_SECONDS);
  });
  expect(tooLong).toEqual([]);
  expect(left.filter((key) => key.endsWith(':seq'))).toHaveLength(ids.size);
  expect(left.every((key) => /:(seq|placement)$|:event:e_/.test(key))).toBe(true);
});
