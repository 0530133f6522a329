import { silentLog } from './log.ts';
import { afterEach, expect, test } from 'vitest';
import { HealthServer } from './healthServer.ts';

let server: HealthServer | undefined;
afterEach(() => server?.close());

async function open(trouble: string | undefined, metrics: () => Promise<string>, unready?: string) {
  server = await HealthServer.open({
    port: 0,
    trouble: () => trouble,
    unready: () => unready,
    metrics: { contentType: 'text/plain; version=0.0.4', metrics },
    log: silentLog,
  });
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server?.port}${path}`, init);
}

test('health and metrics', async () => {
  const get = await open(undefined, async () => 'up 1\n');
  expect(await (await get('/healthz')).json()).toEqual({ ok: true });
  const metrics = await get('/metrics?x=1');
  expect([metrics.status, metrics.headers.get('content-type'), await metrics.text()]).toEqual([
    200,
    'text/plain; version=0.0.4',
    'up 1\n',
  ]);
  expect((await get('/')).status).toBe(404);
  expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
});

test('trouble is 503 with words, failing metrics 500 without a stack', async () => {
  const get = await open('no media worker', () => Promise.reject(new Error('secret')));
  const health = await get('/healthz');
  expect([health.status, await health.json()]).toEqual([503, { ok: false, trouble: 'no media worker' }]);
  const metrics = await get('/metrics');
  expect([metrics.status, await metrics.text()]).toEqual([500, 'metrics failed\n']);
});

test('what is alive may be not ready', async () => {
  const get = await open(undefined, async () => '', 'is being closed');
  expect((await get('/healthz')).status).toBe(200);
  const ready = await get('/readyz');
  expect([ready.status, await ready.json()]).toEqual([503, { ok: false, trouble: 'is being closed' }]);
});
