import { readFile } from 'node:fs/promises';
import { keys, MixerId, type SessionEvent, type SessionId } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis, type Redis } from '@parley/kit/redis';
import { Scope } from '@parley/kit/scope';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { LiveDevice } from '../media/support/LiveDevice.ts';
import { speech } from '../support/audio/voices.ts';
import { HubApi } from '../support/HubApi.ts';
import { report } from '../support/report.ts';
import type { ServiceProcess } from '../support/stack/ServiceProcess.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

/** How often the mixer with the room is killed; once is enough to see that it works, twenty times to see how fast. */
const ROUNDS = Number(process.env['FAILOVER_ROUNDS'] ?? 1);

const scope = new Scope();
let stack: Stack;
let redis: Redis;
let api: HubApi;
let session: SessionId;
let ownerToken: string;
let devices: LiveDevice[] = [];

beforeAll(async () => {
  stack = scope.own(await startStack({ hubs: 2, mixers: 2, mixerEnv: { DRAIN_MS: '8000' } }));
  redis = createRedis(stack.stores.redisUrl, silentLog, 'test');
  scope.add(() => closeRedis(redis));
  api = new HubApi(stack.url);
});
afterEach(async () => {
  await Promise.all(devices.map((device) => device.close()));
  await api.endSession(session, ownerToken);
});
afterAll(() => scope.close());

async function begin(): Promise<void> {
  for (const mixer of stack.mixers) if (!mixer.running) await mixer.start();
  ({
    session: { id: session },
    ownerToken,
  } = await api.createSession());
  const voices = [await speech('anna'), await speech('ben'), await speech('chloe')];
  const made: LiveDevice[] = [];
  const names = ['Anna', 'Ben', 'Chloe'];
  for (const [index, name] of names.entries()) {
    const hears = () => made[(index + 1) % names.length] as LiveDevice;
    const hub = new HubApi(stack.hubUrls[index % 2] ?? stack.url);
    made.push(await LiveDevice.join(hub, session, { name, voice: voices[index] as Int16Array, hears }));
  }
  devices = made;
  for (const device of devices) await device.listen();
  await Promise.all(devices.map((device) => device.heardAfter(0)));
}

/** The whole history, which has each fact once. */
async function end(): Promise<SessionEvent[]> {
  expect(devices.flatMap(({ troubles }) => troubles)).toEqual([]);
  await api.endSession(session, ownerToken);
  const events = await api.events(session);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  return events;
}

/** The process that has the room, by the ID it said when it was ready. */
async function home(): Promise<{ id: MixerId; process: ServiceProcess }> {
  const id = MixerId.parse(await redis.hget(keys.session(session), 'mixer'));
  const process = stack.mixers.find(({ announcement }) => announcement.includes(id));
  if (!process) throw new Error(`No process is ${id}`);
  return { id, process };
}
const settled = () => Promise.all(devices.map((device) => device.heardAfter(device.joins - 1)));
const told = (events: readonly SessionEvent[], type: SessionEvent['type']) =>
  events.filter((event) => event.type === type);

/** Milliseconds from `at` until each listener hears again. */
async function backAfter(what: () => Promise<unknown> | void): Promise<number[]> {
  const joins = devices.map((device) => device.joins);
  const at = performance.now();
  await what();
  const heard = await Promise.all(devices.map((device, index) => device.heardAfter(joins[index] ?? 0)));
  return heard.map((time) => time - at);
}
const percentile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? 0;

test(
  'H8 a mixer is killed: everybody hears everybody again, and the new one knows what was said',
  async () => {
    await begin();
    devices[0]?.peer.say({ type: 'text:send', id: 'before', text: 'The code word is heron.' });
    await until('the text', async () => told(await api.events(session), 'text:sent').length > 0);
    const times: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { id, process } = await home();
      const back = await backAfter(() => process.kill());
      times.push(...back);
      expect((await home()).id).not.toBe(id);
      await process.start();
      await settled();
    }
    report('mixer killed', {
      rounds: ROUNDS,
      listeners: times.length,
      p50Ms: percentile(times, 0.5),
      p95Ms: percentile(times, 0.95),
      worstMs: Math.max(...times),
    });
    const items = await until('the link to be told', async () => {
      const { id } = await stack.provider.latest();
      const created = (await stack.provider.received(id)).filter(
        ({ event }) => event['type'] === 'conversation.item.create',
      );
      return created.length > 0 && JSON.stringify(created);
    });
    expect(items).toContain('The code word is heron.');
    const events = await end();
    const moves = told(events, 'room:moved');
    expect(moves).toHaveLength(ROUNDS);
    expect(moves[0]?.data).toMatchObject({ reason: 'mixer-lost' });
  },
  300_000 + ROUNDS * 60_000,
);

test('M22 SIGTERM: the room moves in a silence, nothing is lost or told twice, then the process ends', async () => {
  await begin();
  const { id, process: leaving } = await home();
  for (const { peer } of devices) peer.speaker.hush();
  const joins = devices.map((device) => device.joins);
  // To itself alone: its media worker goes on until the rooms are gone.
  process.kill(leaving.pid, 'SIGTERM');
  const heard = await Promise.all(devices.map((device, index) => device.heardAfter(joins[index] ?? 0)));
  const silent = heard.map((time, index) => time - (devices[index]?.resetAt ?? 0));
  await until('its end', () => !leaving.running);
  expect((await home()).id).not.toBe(id);
  await leaving.start();
  const events = await end();
  const [moved] = told(events, 'room:moved') as SessionEvent<'room:moved'>[];
  expect(moved?.data.reason).toBe('drained');
  report('mixer drained', { placedMs: moved?.data.gapMs ?? -1, worstSilenceMs: Math.max(...silent) });
  expect(told(events, 'error:raised')).toEqual([]);
});

test('M27 a mixer that was stopped and goes on finds its room given away, and says nothing more of it', async () => {
  await begin();
  const { id, process: stopped } = await home();
  process.kill(stopped.pid, 'SIGSTOP');
  const back = await backAfter(() => undefined);
  report('mixer stopped', { worstMs: Math.max(...back) });
  const before = (await api.events(session)).length;
  const linked = async () =>
    (await stack.provider.connections()).filter(({ closedAt }) => closedAt === null).length;
  process.kill(stopped.pid, 'SIGCONT');
  await until('it to notice', () => stopped.tail.includes('stopped until after the end of the lease'));
  await until('its link to be closed', async () => (await linked()) === 1);
  await until('it to register anew', async () => redis.exists(keys.mixer(id)));
  const late = (await api.events(session)).slice(before);
  expect(late.filter(({ type }) => type === 'error:raised' || type === 'assistant:disconnected')).toEqual([]);
  expect(stopped.tail).toContain('"reason":"given-away"');
  const events = await end();
  expect(told(events, 'room:moved')).toHaveLength(1);
});

test('M20 a media worker dies: the room goes on, and everybody hears everybody again', async () => {
  await begin();
  const { process: mixer } = await home();
  const children = await readFile(`/proc/${mixer.pid}/task/${mixer.pid}/children`, 'utf8');
  const pid = Number(children.trim().split(' ')[0]);
  expect(pid).toBeGreaterThan(0);
  const back = await backAfter(() => void process.kill(pid, 'SIGKILL'));
  report('media worker killed', { worstMs: Math.max(...back) });
  const events = await end();
  expect(told(events, 'room:moved').map(({ data }) => data)).toMatchObject([{ reason: 'worker-died' }]);
  expect(told(events, 'error:raised').map(({ data }) => data)).toMatchObject([{ code: 'worker-died' }]);
});
