import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { silentLog } from '@parley/kit/log';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../processes/ports.ts';
import { Front } from './Front.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each();
});

interface FakeHub {
  url: string;
  server: Server;
  stop(): Promise<void>;
}

/** Says its name, and who asked. */
async function hub(name: string): Promise<FakeHub> {
  const server = createServer((req, res) => {
    const from = `${String(req.headers['x-forwarded-for'])} ${req.headers.host}`;
    req.resume().on('end', () => res.end(`${name} ${req.method} ${from}`));
  });
  server.on('upgrade', (_req, socket) => {
    socket.on('error', () => undefined);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n${name}`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const open = new Set<Socket>();
  server.on('connection', (socket) => open.add(socket));
  const stop = async () => {
    for (const socket of open) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  undo.push(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, stop };
}

async function open(...hubs: FakeHub[]): Promise<{ url: string; port: number }> {
  const port = await freePort();
  const front = await Front.open({
    host: '127.0.0.1',
    port,
    hubs: hubs.map(({ url }) => url),
    log: silentLog,
  });
  undo.push(() => front.close());
  return { url: `http://127.0.0.1:${port}`, port };
}

async function upgrade(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  undo.push(() => socket.destroy());
  socket.write('GET /socket.io/ HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  await expect.poll(() => heard).toMatch(/\r\n\r\n(one|two)$|503/);
  return heard.slice(-3);
}

test('L10 each hub gets its share, and learns who asked at which address', async () => {
  const { url, port } = await open(await hub('one'), await hub('two'));
  const text = await (await fetch(url, { headers: { 'x-forwarded-for': '1.1.1.1' } })).text();
  expect(text).toMatch(new RegExp(`^one GET 1\\.1\\.1\\.1, ?127\\.0\\.0\\.1 127\\.0\\.0\\.1:${port}$`));
  expect(new Set([await upgrade(port), await upgrade(port)])).toEqual(new Set(['one', 'two']));
});

test('L10 a hub that is gone is passed over, also by what has a body, and serves again when it is back', async () => {
  const [one, two] = [await hub('one'), await hub('two')];
  const { url, port } = await open(one, two);
  await one.stop();
  const post = async () => (await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })).text();
  for (let n = 0; n < 5; n += 1) expect(await post()).toMatch(/^two POST/);
  expect(await upgrade(port)).toBe('two');
  one.server.listen(Number(new URL(one.url).port), '127.0.0.1');
  await two.stop();
  expect(await post()).toMatch(/^one POST/);
});

test('L10 without any hub people and programs are told so', async () => {
  const one = await hub('one');
  const { url, port } = await open(one);
  await one.stop();
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await answer.json()).toMatchObject({ error: { code: 'not-ready' } });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [refusal] = (await once(socket, 'data')) as [Buffer];
  expect(refusal.toString()).toMatch(/^HTTP\/1\.1 503/);
  socket.destroy();
});
