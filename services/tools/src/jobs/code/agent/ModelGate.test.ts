import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { ModelGate } from './ModelGate.ts';

async function provider(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function gateTo(baseUrl: string) {
  const gate = await ModelGate.open({ baseUrl, apiKey: 'the-real-key' });
  onTestFinished(() => gate.close());
  return gate;
}

async function ask(gate: ModelGate, path: string, key: string, body = '{}') {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(
      {
        socketPath: gate.socket,
        path,
        method: 'POST',
        headers: { 'x-api-key': key, 'anthropic-version': 'v' },
      },
      (response) => {
        let text = '';
        response.on('data', (data: Buffer) => (text += data.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

it('R35 changes the key of the job for the real one, and hides nothing else', async () => {
  const url = await provider((incoming, response) => {
    let text = '';
    incoming.on('data', (data: Buffer) => (text += data.toString()));
    incoming.on('end', () => {
      const { 'x-api-key': key, 'anthropic-version': version } = incoming.headers;
      response.end(JSON.stringify({ url: incoming.url, key, version, text }));
    });
  });
  const gate = await gateTo(`${url}/prefix/`);
  const { text } = await ask(gate, '/v1/messages?beta=true', gate.key, '{"a":1}');
  expect(JSON.parse(text)).toEqual({
    url: '/prefix/v1/messages?beta=true',
    key: 'the-real-key',
    version: 'v',
    text: '{"a":1}',
  });
});

it.each([
  ['another key', '/v1/messages', 'guess', 401],
  ['another path', '/v1/files', undefined, 404],
  ['a climbing path', '/v1/messages/../../admin', undefined, 404],
])('R35 lets nothing pass with %s', async (_name, path, key, status) => {
  const gate = await gateTo(await provider((_incoming, response) => response.end('secret')));
  const answer = await ask(gate, path, key ?? gate.key);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toContain('secret');
});

it('says so when nobody is there, and when the answer breaks off', async () => {
  const gate = await gateTo('http://127.0.0.1:9');
  expect(await ask(gate, '/v1/messages', gate.key)).toMatchObject({
    status: 502,
    text: expect.stringContaining('could not be reached'),
  });
  const broken = await gateTo(
    await provider((_incoming, response) => {
      response.write('half', () => setImmediate(() => response.destroy()));
    }),
  );
  await expect(ask(broken, '/v1/messages', broken.key)).rejects.toThrow();
});

it('closes with requests under way, and leaves nothing', async () => {
  const gate = await ModelGate.open({ baseUrl: await provider(() => {}), apiKey: undefined });
  const asked = ask(gate, '/v1/messages', gate.key);
  asked.catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  await gate.close();
  await expect(asked).rejects.toThrow();
});
