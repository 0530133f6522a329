import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventPlace } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { SequencedLog } from '@parley/kit/sequencedLog';
import { Front } from '@parley/launcher/front/Front';
import { portOfOurs } from '../../support/ports.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubApi, TEST_SECRET } from '../../support/HubApi.ts';
import { report } from '../../support/report.ts';
import { ReturningDevice } from '../../support/ReturningDevice.ts';
import { ServiceProcess } from '../../support/stack/ServiceProcess.ts';
import { until } from '../../support/until.ts';
import { note, upTo } from './EventBench.ts';
import { Hubs } from './startHubs.ts';

const ROOT = join(import.meta.dirname, '../../..');
let world: Hubs;
let processes: ServiceProcess[];
let api: HubApi;
let url: string;

beforeAll(async () => {
  world = await Hubs.start();
  await world.mixer();
  const logDir = await mkdtemp(join(tmpdir(), 'parley-hub-logs-'));
  world.scope.add(() => rm(logDir, { recursive: true, force: true }));
  const ports = await Promise.all([portOfOurs(), portOfOurs()]);
  processes = await Promise.all(
    ports.map((port, index) =>
      ServiceProcess.start({
        name: `hub-${index + 1}`,
        args: [join(ROOT, 'services/hub/src/main.ts')],
        cwd: ROOT,
        env: {
          PORT: String(port),
          REDIS_URL: world.stores.redisUrl,
          DATABASE_URL: world.stores.databaseUrl,
          TOKEN_SECRET: TEST_SECRET,
          RATE_LIMIT_PER_MINUTE: '0',
        },
        readyUrl: `http://127.0.0.1:${port}/readyz`,
        logDir,
      }),
    ),
  );
  for (const hub of processes) world.scope.own(hub);
  const port = await portOfOurs();
  const hubs = ports.map((each) => `http://127.0.0.1:${each}`);
  world.scope.own(await Front.open({ host: '127.0.0.1', port, hubs, log: silentLog }));
  url = `http://127.0.0.1:${port}`;
  api = new HubApi(url);
});
afterAll(() => world.close());

test('each hub is killed in turn, then restarted as an operator does: every device hears every fact once, in order', async () => {
  const { session } = await api.createSession();
  const log = new SequencedLog(world.redis);
  const devices: ReturningDevice[] = [];
  for (const name of ['Anna', 'Ben', 'Chloe', 'David']) {
    const { token } = await api.addParticipant(session.id, name);
    const device = new ReturningDevice(url, token);
    world.scope.own(device);
    devices.push(device);
    await until(`${name} to be in`, () => device.joined);
  }
  let appended = 0;
  const pending = new Set<Promise<unknown>>();
  const appending = setInterval(() => {
    appended += 1;
    const fact = note(session.id, `Number ${appended}`);
    const append = log.append(eventPlace(session.id, fact.id), fact).finally(() => pending.delete(append));
    pending.add(append);
  }, 5);
  const backIn = () => until('everybody to be back', () => devices.every(({ joined }) => joined));
  for (const hub of processes) {
    await hub.kill();
    await backIn();
    await hub.start();
  }
  const killed = devices.flatMap(({ absencesMs }) => absencesMs.slice(1));
  for (const hub of processes) {
    const before = devices.flatMap(({ goodbyes }) => goodbyes).length;
    expect(await hub.stop()).toBe(0);
    await backIn();
    const told = devices.flatMap(({ goodbyes }) => goodbyes).slice(before);
    expect(told.every(({ why }) => why === 'hub-stopping')).toBe(true);
    await hub.start();
  }
  clearInterval(appending);
  await Promise.all(pending);
  // Created, four joins, and what was appended: nobody has left meanwhile.
  const all = upTo(5 + appended);
  for (const device of devices) await until('every fact', () => device.seqs.length >= all.length);
  for (const device of devices) expect(device.seqs).toEqual(all);
  expect((await api.events(session.id)).map(({ seq }) => seq)).toEqual(all);
  const absences = devices.flatMap(({ absencesMs }) => absencesMs.slice(1));
  // Each device sat on hubs that went away at least twice in four turns.
  expect(absences.length).toBeGreaterThanOrEqual(devices.length);
  report('several hubs', {
    facts: all.length,
    'absences after a kill': killed.length,
    'absences in all': absences.length,
    'longest ms': Math.max(...absences),
  });
});
