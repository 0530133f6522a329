import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ControlAnswer,
  keys,
  MixerId,
  MixerRecord,
  MixerSignal,
  newCommandId,
  newHubId,
  newSessionId,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis } from '@parley/kit/redis';
import { Scope } from '@parley/kit/scope';
import { portOfOurs } from '../support/ports.ts';
import { afterEach, expect, test } from 'vitest';
import { ServiceProcess } from '../support/stack/ServiceProcess.ts';
import { startStores } from '../support/stores/startStores.ts';
import { until } from '../support/until.ts';

const scope = new Scope();
afterEach(() => scope.close());

test('M22 a mixer process registers, serves a room, and ends politely on SIGTERM', async () => {
  const stores = scope.own(await startStores());
  const logDir = await mkdtemp(join(tmpdir(), 'parley-mixer-'));
  scope.add(() => rm(logDir, { recursive: true, force: true }));
  const [redis, ear] = ['test', 'test-ear'].map((name) => createRedis(stores.redisUrl, silentLog, name));
  if (!redis || !ear) throw new Error('No Redis');
  for (const connection of [redis, ear]) scope.add(() => closeRedis(connection));
  const [hub, sessionId, id] = [newHubId(), newSessionId(), newCommandId()];
  const heard: { channel: string; text: string }[] = [];
  ear.on('message', (channel, text) => heard.push({ channel, text }));
  await ear.subscribe(keys.hubAnswers(hub), keys.mixerSignals);
  await redis.set(keys.seq(sessionId), 0);

  const port = await portOfOurs();
  const mixer = scope.own(
    await ServiceProcess.start({
      name: 'mixer',
      args: ['services/mixer/src/main.ts'],
      cwd: join(import.meta.dirname, '../..'),
      env: {
        REDIS_URL: stores.redisUrl,
        METRICS_PORT: String(port),
        // Nobody listens there: the room opens all the same, with an assistant that is away.
        OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
        OPENAI_API_KEY: 'test-key',
      },
      readyUrl: `http://127.0.0.1:${port}/healthz`,
      logDir,
    }),
  );
  const [mixerId] = (await redis.smembers(keys.mixers)).map((text) => MixerId.parse(text));
  if (!mixerId) throw new Error('No mixer registered');
  const record = MixerRecord.parse(JSON.parse((await redis.get(keys.mixer(mixerId))) ?? 'null'));
  expect(record).toMatchObject({ id: mixerId, draining: false, rooms: 0 });

  const settings = { title: 'T', voice: 'marin', agentName: 'P', systemPrompt: '', conversationId: null };
  const body = { sessionId, settings, awaitAssistant: false };
  const command = { id, from: hub, deadline: Date.now() + 120_000, name: 'room:open', body };
  await redis.publish(keys.mixerCommands(mixerId), JSON.stringify(command));
  const answer = await until('the answer', () =>
    heard.find(({ channel }) => channel === keys.hubAnswers(hub)),
  );
  expect(ControlAnswer.parse(JSON.parse(answer.text))).toMatchObject({
    ok: true,
    data: { routerRtpCapabilities: { codecs: expect.any(Array) } },
  });
  await until('the fact that there is no provider', async () => (await redis.xlen(keys.events)) > 0);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain('parley_mixer_rooms 1\n');

  expect(await mixer.stop()).toBe(0);
  const signals = heard.filter(({ channel }) => channel === keys.mixerSignals);
  expect(signals.map(({ text }) => MixerSignal.parse(JSON.parse(text)))).toEqual([
    { type: 'room:closed', mixerId, sessionId, reason: 'drained' },
  ]);
  expect(await redis.exists(keys.mixer(mixerId))).toBe(0);
});

test('a wrong configuration ends the start with words', async () => {
  const logDir = await mkdtemp(join(tmpdir(), 'parley-mixer-'));
  scope.add(() => rm(logDir, { recursive: true, force: true }));
  const starting = ServiceProcess.start({
    name: 'mixer',
    args: ['services/mixer/src/main.ts'],
    cwd: join(import.meta.dirname, '../..'),
    env: { RTC_LISTEN_IP: '0.0.0.0', METRICS_PORT: '9' },
    readyUrl: 'http://127.0.0.1:9/healthz',
    logDir,
  });
  await expect(starting).rejects.toThrow(/RTC_ANNOUNCED_ADDRESS/);
});
