import {
  ControlAnswer,
  type ControlEnvelope,
  keys,
  MixerRecord,
  MixerSignal,
  newCommandId,
  newEventId,
  newHubId,
  newMixerId,
  newParticipantId,
  newSessionId,
  type SessionId,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis, type Redis } from '@parley/kit/redis';
import { CommandEndpoint } from '@parley/mixer/control/CommandEndpoint';
import { EventLog } from '@parley/mixer/control/EventLog';
import { Lease, LEASE_MS, RENEW_MS } from '@parley/mixer/control/Lease';
import { HubSignals } from '@parley/mixer/control/signals';
import type { ControlHandlers, RoomsEvents } from '@parley/mixer/room/Rooms';
import { FakeClock } from '@parley/mixer/testing/FakeClock';
import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startStores, type Stores } from '../support/stores/startStores.ts';
import { until } from '../support/until.ts';

let stores: Stores;
let redis: Redis;
let subscriber: Redis;
let hubEar: Redis;
let endpoint: CommandEndpoint;
let calls: string[] = [];
let answers: ControlAnswer[] = [];
const mixerId = newMixerId();
const hub = newHubId();

beforeAll(async () => {
  stores = await startStores();
  [redis, subscriber, hubEar] = ['mixer', 'mixer-commands', 'hub'].map((name) =>
    createRedis(stores.redisUrl, silentLog, name),
  ) as [Redis, Redis, Redis];
  await hubEar.subscribe(keys.hubAnswers(hub), keys.mixerSignals, keys.seqWanted);
  hubEar.on('message', (channel, text) => {
    if (channel === keys.hubAnswers(hub)) answers.push(ControlAnswer.parse(JSON.parse(text)));
  });
});
afterAll(async () => {
  await Promise.all([redis, subscriber, hubEar].map((connection) => closeRedis(connection)));
  await stores?.close();
});

let release: () => void = () => undefined;
beforeEach(async () => {
  calls = [];
  answers = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  release = resolve;
  const handlers = new Proxy({} as ControlHandlers, {
    get: (_target, name) => async () => {
      calls.push(String(name));
      if (name === 'room:open') await promise;
      if (name === 'participant:mute') throw new Error('a secret of the inside');
      return {};
    },
  });
  endpoint = new CommandEndpoint({ mixerId, handlers, subscriber, redis, log: silentLog });
  await endpoint.open();
});
afterEach(() => endpoint.close());

const leave = (more: Partial<ControlEnvelope> = {}) => ({
  id: newCommandId(),
  from: hub,
  deadline: Date.now() + 120_000,
  name: 'participant:leave',
  body: { sessionId: newSessionId(), participantId: newParticipantId() },
  ...more,
});
const send = (message: unknown) =>
  redis.publish(keys.mixerCommands(mixerId), typeof message === 'string' ? message : JSON.stringify(message));
const answered = (count: number) => until(`${count} answers`, () => answers.length >= count);

test('a command is answered on its hub’s channel', async () => {
  const command = leave();
  expect(await send(command)).toBe(1);
  await answered(1);
  expect(answers).toEqual([{ id: command.id, ok: true, data: {} }]);
});

test('M24 a repeat is answered again and not carried out again, even while the first runs', async () => {
  const open = leave({
    name: 'room:open',
    body: {
      sessionId: newSessionId(),
      awaitAssistant: false,
      settings: { title: 'T', voice: 'marin', agentName: 'P', systemPrompt: '', conversationId: null },
    },
  });
  await send(open);
  await send(open);
  await until('the repeat', () => endpoint.counts.repeated === 1);
  release();
  await answered(2);
  await send(open);
  await answered(3);
  expect(calls).toEqual(['room:open']);
  expect(new Set(answers.map(({ id, ok }) => `${id} ${ok}`)).size).toBe(1);
});

test('M24 what comes after its deadline is not carried out', async () => {
  await send(leave({ deadline: Date.now() - 1 }));
  await send(leave());
  await answered(1);
  expect([calls.length, endpoint.counts.late, answers.length]).toEqual([1, 1, 1]);
});

test('a trace that is malformed costs nobody a command', async () => {
  for (const traceparent of ['nonsense', '', '0'.repeat(55), 'x'.repeat(10_000)])
    await send(leave({ traceparent }));
  for (const traceparent of [5, null, {}]) await send({ ...leave(), traceparent });
  await answered(7);
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(calls).toHaveLength(7);
});

test.each([
  ['no JSON', '{', 0],
  ['null', 'null', 0],
  ['no sender', JSON.stringify({ id: newCommandId() }), 0],
  ['an unknown name', leave({ name: 'room:explode' as 'room:open' }), 1],
  ['no deadline', leave({ deadline: 'soon' as unknown as number }), 1],
  ['a body that does not fit', leave({ body: { sessionId: 'x' } }), 1],
])('M1 %s: an error where somebody can be told, the next command works', async (_name, message, told) => {
  await send(message);
  await send(leave());
  await answered(told + 1);
  expect(answers.filter(({ ok }) => !ok)).toHaveLength(told);
  if (told) expect(answers.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'bad-request' } });
  expect(calls).toEqual(['participant:leave']);
});

test('an unknown failure is `internal` and says nothing of the inside', async () => {
  await send(
    leave({
      name: 'participant:mute',
      body: { sessionId: newSessionId(), participantId: newParticipantId(), muted: true },
    }),
  );
  await answered(1);
  expect(answers[0]).toMatchObject({ ok: false, error: { code: 'internal' } });
  expect(JSON.stringify(answers[0])).not.toContain('secret');
});

test('after close nobody receives', async () => {
  await endpoint.close();
  expect(await send(leave())).toBe(0);
});

test('M25 the lease is renewed with the present load, and taken away on close', async () => {
  const clock = new FakeClock();
  const id = newMixerId();
  let rooms = 0;
  const lease = new Lease({
    mixerId: id,
    redis,
    clock,
    log: silentLog,
    record: async () => ({
      id,
      protocol: 1,
      startedAt: 1,
      draining: false,
      rooms: rooms++,
      participants: 0,
      maxRooms: 3,
      cpu: 0.25,
    }),
  });
  await lease.open();
  expect(await redis.sismember(keys.mixers, id)).toBe(1);
  const lifeMs = await redis.pttl(keys.mixer(id));
  expect(lifeMs).toBeGreaterThan(0);
  expect(lifeMs).toBeLessThanOrEqual(LEASE_MS);
  clock.turn(RENEW_MS);
  const record = await until('the renewal', async () => {
    const read = MixerRecord.parse(JSON.parse((await redis.get(keys.mixer(id))) ?? 'null'));
    return read.rooms === 1 && read;
  });
  expect(record.cpu).toBe(0.25);
  await lease.close();
  await lease.close();
  expect(await redis.exists(keys.mixer(id))).toBe(0);
  clock.turn(RENEW_MS * 3);
  expect(clock.timers).toBe(0);
});

test('what happens in rooms by itself is told to every hub', async () => {
  const signals: MixerSignal[] = [];
  const onMessage = (channel: string, text: string) => {
    if (channel === keys.mixerSignals) signals.push(MixerSignal.parse(JSON.parse(text)));
  };
  hubEar.on('message', onMessage);
  const open = new Set<string>();
  const rooms = {
    events: new EventEmitter<RoomsEvents>(),
    has: (session: SessionId) => open.has(session),
  };
  const told = Promise.withResolvers<void>();
  const facts = { flushed: () => told.promise };
  const hubs = new HubSignals({ mixerId, rooms, facts, redis, log: silentLog });
  const again = newSessionId();
  const [sessionId, participantId] = [newSessionId(), newParticipantId()];
  rooms.events.emit('gone', sessionId, participantId);
  rooms.events.emit('closed', sessionId, 'empty', 4);
  rooms.events.emit('closed', again, 'worker-died', 1);
  open.add(again);
  await until('the first', () => signals.length === 1);
  told.resolve();
  await hubs.close();
  rooms.events.emit('closed', sessionId, 'closed', 4);
  await until('both', () => signals.length === 2);
  expect(signals).toEqual([
    { type: 'participant:gone', mixerId, sessionId, participantId },
    { type: 'room:closed', mixerId, sessionId, epoch: 4, reason: 'empty' },
  ]);
  hubEar.off('message', onMessage);
});

test('M26 facts wait for their counter, then come in order and gapless', async () => {
  const sessionId = newSessionId();
  const log = new EventLog(redis, silentLog);
  const wanted = new Promise<string>((resolve) => {
    hubEar.once('message', (_channel, text) => resolve(text));
  });
  for (let i = 1; i <= 3; i++)
    log.append({
      id: newEventId(),
      sessionId,
      at: i,
      type: 'error:raised',
      data: { source: 'mixer', code: `n${i}`, message: 'x' },
    });
  expect(await wanted).toBe(sessionId);
  expect(log.depth).toBe(3);
  await redis.set(keys.seq(sessionId), 4);
  await until('all of them', () => log.depth === 0);
  await log.close();
  const entries = await redis.xrange(keys.events, '-', '+');
  const read = entries.map(([, fields]) => ({
    seq: Number(fields[1]),
    code: (JSON.parse(fields[3] ?? '{}') as { data: { code: string } }).data.code,
  }));
  expect(read).toEqual([
    { seq: 5, code: 'n1' },
    { seq: 6, code: 'n2' },
    { seq: 7, code: 'n3' },
  ]);
});

test('M27 facts of a room that another mixer has are refused, once and for good; those of others go on', async () => {
  const [given, kept] = [newSessionId(), newSessionId()];
  for (const id of [given, kept]) await redis.set(keys.seq(id), 0);
  await redis.hset(keys.placement(given), 'epoch', 3);
  const log = new EventLog(redis, silentLog);
  const superseded: unknown[] = [];
  log.events.on('superseded', (...of) => superseded.push(of));
  const tell = (sessionId: SessionId, epoch: number) =>
    log.append(
      {
        id: newEventId(),
        sessionId,
        at: 1,
        type: 'error:raised',
        data: { source: 'mixer', code: 'n', message: 'x' },
      },
      { epoch },
    );
  tell(given, 2);
  tell(kept, 2);
  tell(given, 3);
  await log.flushed(5_000);
  await log.close();
  expect(superseded).toEqual([[given, 2]]);
  expect([await redis.get(keys.seq(given)), await redis.get(keys.seq(kept))]).toEqual(['1', '1']);
});
