import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SocketSignaling } from './SocketSignaling.ts';
import type { SignalingHandlers } from './Signaling.ts';
import { ADA, joined } from './testing/samples.ts';

let server: Server;
let signaling: SocketSignaling | undefined;
const told = {
  onConnect: vi.fn(),
  onDisconnect: vi.fn(),
  onEvent: vi.fn(),
  onPresence: vi.fn(),
  onGoodbye: vi.fn(),
  onReset: vi.fn(),
} satisfies SignalingHandlers;

/** socket.io-client takes the page's own origin from `location`. */
async function hub(): Promise<void> {
  const http = createServer();
  server = new Server(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  vi.stubGlobal('location', {
    protocol: 'http:',
    host: `127.0.0.1:${port}`,
    hostname: '127.0.0.1',
    port: `${port}`,
  });
}

beforeEach(async () => {
  vi.resetAllMocks();
  await hub();
});
afterEach(async () => {
  signaling?.close();
  await server.close();
  vi.unstubAllGlobals();
});

const called = (spy: ReturnType<typeof vi.fn>) =>
  vi.waitFor(() => expect(spy).toHaveBeenCalled(), { timeout: 30_000 });

async function connected(answer?: (name: string, ack: (reply: unknown) => void) => void): Promise<Socket> {
  const accepted = Promise.withResolvers<Socket>();
  server.on('connection', (socket) => {
    socket.onAny((name: string, ...args: unknown[]) =>
      answer?.(name, args.at(-1) as (reply: unknown) => void),
    );
    accepted.resolve(socket);
  });
  signaling = new SocketSignaling('the-token', told);
  signaling.open();
  await called(told.onConnect);
  return accepted.promise;
}

test('the token travels in the handshake, not in the address', async () => {
  const socket = await connected();
  expect(socket.handshake.auth).toEqual({ token: 'the-token' });
  expect(JSON.stringify(socket.handshake.query) + socket.handshake.url).not.toContain('the-token');
});

test('a refusal says why', async () => {
  server.use((_socket, next) =>
    next(Object.assign(new Error('no'), { data: { code: 'bad-token', message: 'Too old.' } })),
  );
  signaling = new SocketSignaling('the-token', told);
  signaling.open();
  await called(told.onDisconnect);
  expect(told.onDisconnect).toHaveBeenCalledWith({ code: 'bad-token', message: 'Too old.' });
});

test('a command is answered, or throws the hub’s own error', async () => {
  await connected((name, ack) =>
    ack(
      name === 'participant:mute'
        ? { ok: true, data: { muted: true } }
        : { ok: false, error: { code: 'forbidden', message: 'Only the owner.' } },
    ),
  );
  await expect(signaling?.request('participant:mute', { muted: true })).resolves.toEqual({ muted: true });
  await expect(signaling?.request('session:end', {})).rejects.toMatchObject({ code: 'forbidden' });
});

test.each([
  undefined,
  'yes',
  {},
  { ok: true },
  { ok: true, data: { muted: 'no' } },
  { ok: false, error: 'x' },
])('an answer that makes no sense (%o) is a mismatch of versions', async (answer) => {
  await connected((_name, ack) => ack(answer));
  await expect(signaling?.request('participant:mute', { muted: true })).rejects.toMatchObject({
    code: 'protocol-mismatch',
  });
});

test('without a socket nothing is asked', async () => {
  signaling = new SocketSignaling('the-token', told);
  await expect(signaling.request('session:end', {})).rejects.toMatchObject({ name: 'Unreachable' });
});

test('what the hub tells is checked, and what makes no sense is dropped', async () => {
  const socket = await connected();
  const fact = joined(1, ADA, 'Ada');
  for (const body of [null, 7, { ...fact, seq: 0 }, { ...fact, data: {} }]) socket.emit('event', body);
  socket.emit('goodbye', { why: 'bored' });
  socket.emit('event', fact);
  socket.emit('room:reset');
  socket.emit('goodbye', { why: 'replaced' });
  await called(told.onGoodbye);
  expect(told.onEvent.mock.calls).toEqual([[fact]]);
  expect(told.onReset).toHaveBeenCalledTimes(1);
  expect(told.onGoodbye.mock.calls).toEqual([[{ why: 'replaced' }]]);
});

test('a lost socket is told, one’s own closing is not; it can be opened again', async () => {
  const socket = await connected();
  socket.conn.close();
  await called(told.onDisconnect);
  expect(told.onDisconnect).toHaveBeenCalledWith(null);
  told.onConnect.mockClear();
  signaling?.open();
  await called(told.onConnect);
  signaling?.close();
  expect(told.onDisconnect).toHaveBeenCalledTimes(1);
});
