import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSessionId } from '@parley/contract';
import { portOfOurs } from '../../support/ports.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceProcess } from '../../support/stack/ServiceProcess.ts';
import { EventBench, note, upTo } from './EventBench.ts';

const ROOT = join(import.meta.dirname, '../../..');
let bench: EventBench;
let logDir: string;

beforeAll(async () => {
  bench = await EventBench.open();
  logDir = await mkdtemp(join(tmpdir(), 'parley-hub-logs-'));
  bench.scope.add(() => rm(logDir, { recursive: true, force: true }));
});
afterAll(() => bench.close());

async function startProcess(name: string): Promise<ServiceProcess> {
  const port = await portOfOurs();
  const hub = await ServiceProcess.start({
    name,
    args: [join(ROOT, 'services/hub/src/main.ts')],
    cwd: ROOT,
    env: {
      PORT: String(port),
      REDIS_URL: bench.redisUrl,
      DATABASE_URL: bench.databaseUrl,
      TOKEN_SECRET: 'only for tests, and long enough for HS256',
    },
    readyUrl: `http://127.0.0.1:${port}/healthz`,
    logDir,
  });
  return bench.scope.own(hub);
}

test('H9 a hub that is killed while it writes loses and doubles nothing; the next one goes on', async () => {
  const first = await startProcess('hub-1');
  const second = await startProcess('hub-2');
  const ids = upTo(4).map(() => newSessionId());
  const each = 1_000;
  const appending = Promise.all(
    upTo(20).map(async (appender) => {
      const id = ids[appender % ids.length] ?? newSessionId();
      for (const _ of upTo((each * ids.length) / 20)) await bench.append(note(id));
    }),
  );
  await expect.poll(() => bench.database.event.count()).toBeGreaterThan(300);
  await first.kill();
  await appending;
  await bench.written();
  for (const id of ids) expect(await bench.seqs(id)).toEqual(upTo(each));
  expect(second.running).toBe(true);
});
