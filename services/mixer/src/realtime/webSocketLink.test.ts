import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { LinkRefused } from '../room/ports.ts';
import { accept, parse, say, SETTINGS, SocketProvider, type Json } from '../testing/SocketProvider.ts';
import { realtimeUrl } from './webSocketLink.ts';

let provider: SocketProvider;
beforeEach(async () => {
  provider = await SocketProvider.open();
});
afterEach(() => provider.close());

const refusal = async (promise: Promise<unknown>): Promise<LinkRefused> => {
  const error: unknown = await promise.catch((error: unknown) => error);
  if (error instanceof LinkRefused) return error;
  throw new Error('Not refused', { cause: error });
};

describe('opening', () => {
  test('goes to the right place with the key, and gives the settings', async () => {
    const { promise, resolve } = Promise.withResolvers<[IncomingMessage, Json]>();
    provider.greet = (socket, request) => {
      accept(socket);
      socket.once('message', (data) => resolve([request, parse(data)]));
    };
    const link = await provider.connect();
    const [request, update] = await promise;
    expect(request.url).toBe('/v1/realtime?model=gpt-x');
    expect(request.headers.authorization).toBe('Bearer key-of-test');
    expect(request.headers['openai-beta']).toBeUndefined();
    expect(update).toEqual({
      event_id: 'session_1',
      type: 'session.update',
      session: {
        type: 'realtime',
        instructions: 'Be kind.',
        output_modalities: ['audio'],
        tools: [{ type: 'function', ...SETTINGS.tools[0] }],
        tool_choice: 'auto',
        audio: {
          input: {
            format: { type: 'audio/pcm', rate: 24_000 },
            noise_reduction: null,
            transcription: { model: 'hear-x' },
            turn_detection: {
              type: 'server_vad',
              threshold: 0.5,
              prefix_padding_ms: 300,
              silence_duration_ms: 500,
              create_response: false,
              interrupt_response: false,
            },
          },
          output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'cedar' },
        },
      },
    });
    expect(link.closed).toBeUndefined();
    expect(provider.clock.timers).toBe(0);
  });

  test('addresses', () => {
    expect(realtimeUrl('https://api.openai.com/v1', 'm').href).toBe(
      'wss://api.openai.com/v1/realtime?model=m',
    );
    expect(realtimeUrl('http://localhost:8080/', 'a b').href).toBe('ws://localhost:8080/realtime?model=a+b');
    expect(realtimeUrl('wss://x/v1?api-version=2', 'm').href).toBe(
      'wss://x/v1/realtime?api-version=2&model=m',
    );
  });

  test.each([401, 429, 500])('HTTP %i', async (status) => {
    provider.http.removeAllListeners('upgrade');
    provider.http.on('upgrade', (_request, socket) => {
      const body = JSON.stringify({ error: { message: 'Because.', code: null } });
      socket.end(
        `HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
    });
    const refused = await refusal(provider.connect());
    expect(refused.message).toContain('It says: Because.');
    expect(refused.hopeless).toBe(status === 401);
    expect(provider.clock.timers).toBe(0);
  });

  test('nobody listens there', async () => {
    const refused = await refusal(provider.connect(undefined, 'http://127.0.0.1:1/v1'));
    expect(refused.message).toMatch(/127\.0\.0\.1:1 refuses connections/);
  });

  test('no such name', async () => {
    const refused = await refusal(provider.connect(undefined, 'http://no-such-host.invalid/v1'));
    expect(refused.message).toMatch(/no-such-host\.invalid .*(DNS)/);
  });

  test('the settings are refused', async () => {
    provider.greet = (socket) =>
      socket.once('message', () =>
        say(socket, {
          type: 'error',
          error: { code: 'invalid_value', message: 'No such voice.', event_id: 'session_1' },
        }),
      );
    const refused = await refusal(provider.connect());
    expect(refused.message).toMatch(/refused the session: No such voice\./);
    expect(refused.hopeless).toBe(true);
  });

  test('an error in the first breath, then the end', async () => {
    provider.greet = (socket) => {
      say(socket, { type: 'error', error: { code: 'beta', message: 'Not here.' } });
      socket.close(4000);
    };
    expect((await refusal(provider.connect())).message).toContain('Not here.');
  });

  test('closed before the settings are taken', async () => {
    provider.greet = (socket) => socket.close(1013, 'overloaded');
    const refused = await refusal(provider.connect());
    expect(refused.message).toMatch(/closed the connection \(1013: overloaded\)/);
    expect(refused.hopeless).toBe(false);
  });

  test('the provider says nothing: given up after 10 s', async () => {
    const { promise, resolve } = Promise.withResolvers<WebSocket>();
    provider.greet = resolve;
    const connecting = refusal(provider.connect());
    const far = await promise;
    const gone = once(far, 'close');
    provider.clock.turn(10_000);
    expect((await connecting).message).toMatch(/did not answer within 10 s/);
    await gone;
  });

  test.each(['before', 'meanwhile'])('aborted %s', async (when) => {
    const abort = new AbortController();
    const reason = new Error('not needed');
    if (when === 'before') abort.abort(reason);
    provider.greet = (socket) => {
      abort.abort(reason);
      accept(socket);
    };
    await expect(provider.connect(abort.signal)).rejects.toBe(reason);
    expect(provider.clock.timers).toBe(0);
  });
});
