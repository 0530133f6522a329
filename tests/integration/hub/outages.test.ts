import { keys } from '@parley/contract';
import { SequencedLog } from '@parley/kit/sequencedLog';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asHubError } from '../../support/HubApi.ts';
import { CutWire } from './CutWire.ts';
import { EventBench, note, upTo } from './EventBench.ts';
import { Hubs } from './startHubs.ts';
import type { TestHub } from './startHubs.ts';

let hubs: Hubs;

beforeEach(async () => {
  hubs = await Hubs.start();
  await hubs.mixer();
});
afterEach(() => hubs.close());

async function wired(what: 'REDIS_URL' | 'DATABASE_URL'): Promise<{ hub: TestHub; wire: CutWire }> {
  const { redisUrl, databaseUrl } = hubs.stores;
  const { wire, url } = await CutWire.to(what === 'REDIS_URL' ? redisUrl : databaseUrl);
  hubs.scope.own(wire);
  const hub = await hubs.hub({ [what]: url });
  // Closed before its wire, which must then carry again.
  hubs.scope.add(() => wire.mend());
  return { hub, wire };
}

test('while Redis is away everybody is told so at once; afterwards nothing is missing', async () => {
  const { hub, wire } = await wired('REDIS_URL');
  const { session } = await hub.api.createSession();
  const { client } = await hubs.client(hub, session, 'Anna');
  await client.join();
  wire.cut();
  await expect.poll(async () => (await hub.api.raw('/api/sessions')).status).toBe(503);
  expect(await asHubError(await hub.api.raw('/api/sessions'))).toMatchObject({ code: 'not-ready' });
  expect(await client.send('events:list', { afterSeq: 0 })).toMatchObject({
    ok: false,
    error: { code: 'not-ready' },
  });
  expect(await (await hub.api.raw('/readyz')).json()).toMatchObject({ checks: { redis: { ok: false } } });
  // Told by others meanwhile: the channel carries it to nobody here.
  const log = new SequencedLog(hubs.redis);
  for (const _ of upTo(3)) {
    const body = note(session.id);
    const { id, sessionId } = body;
    const seen = keys.eventSeen(sessionId, id);
    await log.append(
      { stream: keys.events, counter: keys.seq(sessionId), seen, channel: keys.eventChannel },
      body,
    );
  }
  wire.mend();
  await expect.poll(() => client.events.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  await client.ask('participant:mute', { muted: true });
  await expect.poll(() => client.events.map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
  await expect.poll(() => hubs.redis.xlen(keys.events)).toBe(0);
  expect((await hub.api.events(session.id)).map(({ seq }) => seq)).toEqual(upTo(6));
  expect((await hub.api.session(session.id)).participantCount).toBe(1);
});

test('while Postgres is away sessions go on; afterwards nothing is missing', async () => {
  const { hub, wire } = await wired('DATABASE_URL');
  const before = await hub.api.createSession();
  await expect.poll(() => hubs.redis.xlen(keys.events)).toBe(0);
  wire.cut();
  expect(await (await hub.api.raw('/readyz')).json()).toMatchObject({ checks: { postgres: { ok: false } } });
  const { session, ownerToken } = await hub.api.createSession({ title: 'Meanwhile' });
  const { client } = await hubs.client(hub, session, 'Anna');
  expect((await client.join()).events.map(({ seq }) => seq)).toEqual([1, 2]);
  const late = await hubs.client(hub, before.session, 'Ben');
  expect((await late.client.join()).me.name).toBe('Ben');
  expect((await hub.api.sessions()).sessions.map(({ title }) => title)).toContain('Meanwhile');
  await expect(hub.api.events(before.session.id)).rejects.toMatchObject({ status: 503, code: 'not-ready' });
  expect((await hub.api.endSession(session.id, ownerToken)).status).toBe(204);
  expect(await hub.api.session(session.id)).toMatchObject({ state: 'ended', title: 'Meanwhile' });
  wire.mend();
  await expect.poll(() => hubs.redis.xlen(keys.events)).toBe(0);
  expect((await hub.api.events(session.id)).map(({ type }) => type)).toEqual([
    'session:created',
    'participant:joined',
    'participant:left',
    'session:ended',
  ]);
  expect((await hub.api.events(before.session.id)).map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a session that Redis has lost, counter and all, gets its end in the history', async () => {
  const bench = await EventBench.open(hubs.stores);
  const first = await hubs.hub();
  const { session } = await first.api.createSession({ title: 'Lost' });
  await expect.poll(() => bench.seqs(session.id)).toEqual([1]);
  await first.close();
  const createdAt = new Date(1_000);
  await bench.database.session.update({ where: { id: session.id }, data: { createdAt } });
  await hubs.redis.flushall();
  const second = await hubs.hub();
  await expect.poll(async () => (await second.api.session(session.id)).endReason).toBe('shutdown');
  await expect.poll(() => bench.seqs(session.id)).toEqual([1, 2]);
  await bench.close();
});
