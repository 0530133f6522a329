import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../processes/ports.ts';
import { chooseAddress, DEFAULT_PORT } from './address.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function take(port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  server.listen(port, '127.0.0.1');
  await Promise.race([once(server, 'listening'), once(server, 'error')]); // somebody else has it: as good
}

test('L3 a port that was asked for is taken', async () => {
  const port = await freePort();
  expect(await chooseAddress({ host: '127.0.0.1', port })).toEqual({
    host: '127.0.0.1',
    port,
    url: `http://localhost:${port}`,
    onNetwork: false,
  });
});

test('L3 or refused, by its number, with what to type', async () => {
  const port = await freePort();
  await take(port);
  await expect(chooseAddress({ host: '127.0.0.1', port })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another program. Stop that one, or choose another port: npm start -- --port ${port + 1}`,
  );
});

test('L3 without a wish the next free one is taken, and that is told', async () => {
  await take(DEFAULT_PORT);
  const { port, instead } = await chooseAddress({ host: '127.0.0.1', port: undefined });
  expect(port).toBeGreaterThan(DEFAULT_PORT);
  expect(instead).toBe(DEFAULT_PORT);
});

test.each([
  ['localhost', false],
  ['127.0.0.2', false],
  ['0.0.0.0', true],
])('L8 %s is on the network: %s', async (host, onNetwork) => {
  const address = await chooseAddress({ host, port: await freePort() });
  expect(address.onNetwork).toBe(onNetwork);
  expect(address.url).not.toContain('0.0.0.0');
});

test('the public address is what is printed', async () => {
  const publicUrl = 'https://talk.example.org';
  const address = await chooseAddress({ host: '127.0.0.1', port: await freePort(), publicUrl });
  expect(address.url).toBe(publicUrl);
});
