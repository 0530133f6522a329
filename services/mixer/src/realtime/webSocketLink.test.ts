import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLog } from '@parley/kit/log';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { LinkRefused, type LinkClosed, type LinkEvents, type RealtimeLink } from '../room/ports.ts';
import { FakeClock } from '../testing/FakeClock.ts';
import { realtimeUrl, webSocketLinks } from './webSocketLink.ts';

type Json = Record<string, unknown>;

let http: Server;
let sockets: WebSocketServer;
let clock: FakeClock;
let greet: (socket: WebSocket, request: IncomingMessage) => void;
let base: string;

/** A provider that takes the settings, and whatever else the test makes of it. */
const accept = (socket: WebSocket) => {
  socket.send('{"type":"session.created","event_id":"e0"}');
  socket.once('message', () => socket.send('{"type":"session.updated","event_id":"e1","session":{}}'));
};

beforeEach(async () => {
  greet = accept;
  clock = new FakeClock();
  http = createServer();
  sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket, request) => greet(socket, request));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  base = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`;
});

afterEach(async () => {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  http.close();
  await once(http, 'close');
});

const settings = {
  instructions: 'Be kind.',
  voice: 'cedar',
  tools: [{ name: 'code', description: 'Writes code.', parameters: { type: 'object' } }],
  turnDetection: { type: 'server', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 },
} as const;

const connect = (signal = new AbortController().signal, baseUrl = base) =>
  webSocketLinks({
    baseUrl,
    apiKey: 'key-of-test',
    model: 'gpt-x',
    transcriptionModel: 'hear-x',
    clock,
    log: silentLog,
  })(settings, signal);

/** A link, and the provider's end of it with everything it heard after the settings. */
async function pair(): Promise<{ link: RealtimeLink; far: WebSocket; heard: Json[] }> {
  const heard: Json[] = [];
  const { promise, resolve } = Promise.withResolvers<WebSocket>();
  greet = (socket) => {
    accept(socket);
    socket.once('message', () => socket.on('message', (data) => heard.push(parse(data))));
    resolve(socket);
  };
  const link = await connect();
  return { link, far: await promise, heard };
}

const parse = (data: RawData) => JSON.parse((data as Buffer).toString('utf8')) as Json;
const say = (socket: WebSocket, event: Json) => socket.send(JSON.stringify(event));
const next = async <Name extends keyof LinkEvents>(link: RealtimeLink, name: Name) => {
  const [fact] = await once(link.events, name);
  return fact as LinkEvents[Name][0];
};
const refusal = async (promise: Promise<unknown>): Promise<LinkRefused> => {
  const error: unknown = await promise.catch((error: unknown) => error);
  if (error instanceof LinkRefused) return error;
  throw new Error('Not refused', { cause: error });
};

describe('opening', () => {
  test('goes to the right place with the key, and gives the settings', async () => {
    const { promise, resolve } = Promise.withResolvers<[IncomingMessage, Json]>();
    greet = (socket, request) => {
      accept(socket);
      socket.once('message', (data) => resolve([request, parse(data)]));
    };
    const link = await connect();
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
        tools: [{ type: 'function', ...settings.tools[0] }],
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
    expect(clock.timers).toBe(0);
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
    http.removeAllListeners('upgrade');
    http.on('upgrade', (_request, socket) => {
      const body = JSON.stringify({ error: { message: 'Because.', code: null } });
      socket.end(
        `HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
    });
    const refused = await refusal(connect());
    expect(refused.message).toContain('It says: Because.');
    expect(refused.hopeless).toBe(status === 401);
    expect(clock.timers).toBe(0);
  });

  test('nobody listens there', async () => {
    const refused = await refusal(connect(undefined, 'http://127.0.0.1:1/v1'));
    expect(refused.message).toMatch(/127\.0\.0\.1:1 refuses connections/);
  });

  test('no such name', async () => {
    const refused = await refusal(connect(undefined, 'http://no-such-host.invalid/v1'));
    expect(refused.message).toMatch(/no-such-host\.invalid .*(DNS)/);
  });

  test('the settings are refused', async () => {
    greet = (socket) =>
      socket.once('message', () =>
        say(socket, {
          type: 'error',
          error: { code: 'invalid_value', message: 'No such voice.', event_id: 'session_1' },
        }),
      );
    const refused = await refusal(connect());
    expect(refused.message).toMatch(/refused the session: No such voice\./);
    expect(refused.hopeless).toBe(true);
  });

  test('an error in the first breath, then the end', async () => {
    greet = (socket) => {
      say(socket, { type: 'error', error: { code: 'beta', message: 'Not here.' } });
      socket.close(4000);
    };
    expect((await refusal(connect())).message).toContain('Not here.');
  });

  test('closed before the settings are taken', async () => {
    greet = (socket) => socket.close(1013, 'overloaded');
    const refused = await refusal(connect());
    expect(refused.message).toMatch(/closed the connection \(1013: overloaded\)/);
    expect(refused.hopeless).toBe(false);
  });

  test('the provider says nothing: given up after 10 s', async () => {
    const { promise, resolve } = Promise.withResolvers<WebSocket>();
    greet = resolve;
    const connecting = refusal(connect());
    const far = await promise;
    const gone = once(far, 'close');
    clock.turn(10_000);
    expect((await connecting).message).toMatch(/did not answer within 10 s/);
    await gone;
  });

  test.each(['before', 'meanwhile'])('aborted %s', async (when) => {
    const abort = new AbortController();
    const reason = new Error('not needed');
    if (when === 'before') abort.abort(reason);
    greet = (socket) => {
      abort.abort(reason);
      accept(socket);
    };
    await expect(connect(abort.signal)).rejects.toBe(reason);
    expect(clock.timers).toBe(0);
  });
});

describe('speaking', () => {
  test('audio goes out in messages of 40 ms, every sample once', async () => {
    const { link, far, heard } = await pair();
    const sent = Int16Array.from({ length: 24_000 }, (_, i) => (i * 7) % 30_000);
    for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 3) % 2_000)
      link.appendAudio(sent.subarray(at, at + size));
    link.createResponse();
    while (heard.at(-1)?.['type'] !== 'response.create') await once(far, 'message');
    const audio = heard.slice(0, -1).map((event) => Buffer.from(String(event['audio']), 'base64'));
    expect(new Set(audio.map(({ length }) => length))).toEqual(new Set([1_920]));
    const bytes = Buffer.concat(audio);
    expect(bytes.equals(Buffer.from(sent.buffer))).toBe(true);
  });

  test('every call in the words of the protocol, each with an ID that names it', async () => {
    const { link, far, heard } = await pair();
    link.createItem({ id: 'i1', role: 'system', text: 'Anna speaks.' });
    link.createItem({ id: 'i2', role: 'assistant', text: 'Hello.' });
    link.sendToolOutput('c1', '{}');
    link.cancelResponse('r1');
    link.truncate('i9', 0, 120);
    while (heard.length < 5) await once(far, 'message');
    const item = (id: string, role: string, type: string, text: string) => ({
      type: 'conversation.item.create',
      item: { id, type: 'message', role, content: [{ type, text }] },
    });
    expect(heard).toEqual([
      { event_id: 'item_2', ...item('i1', 'system', 'input_text', 'Anna speaks.') },
      { event_id: 'item_3', ...item('i2', 'assistant', 'output_text', 'Hello.') },
      {
        event_id: 'tool_4',
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: 'c1', output: '{}' },
      },
      { event_id: 'cancel_5', type: 'response.cancel', response_id: 'r1' },
      {
        event_id: 'truncate_6',
        type: 'conversation.item.truncate',
        item_id: 'i9',
        content_index: 0,
        audio_end_ms: 120,
      },
    ]);
  });

  test('turns by hand, items in their place, other settings: each after the audio that came before it', async () => {
    const { link, far, heard } = await pair();
    const frame = new Int16Array(480).fill(1);
    link.appendAudio(frame);
    link.commitAudio();
    link.clearAudio();
    link.createItem({ id: 'i1', role: 'system', text: 'Speaking: Anna.', after: 'turn_1' });
    link.appendAudio(frame);
    link.configure({ turnDetection: { type: 'semantic', eagerness: 'low' } });
    link.configure({ turnDetection: { type: 'none' } });
    while (heard.length < 7) await once(far, 'message');
    const update = (turn_detection: Json | null) => ({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection } } },
    });
    const silent = { create_response: false, interrupt_response: false };
    expect(heard).toMatchObject([
      { type: 'input_audio_buffer.append' },
      { event_id: 'commit_2', type: 'input_audio_buffer.commit' },
      { event_id: 'clear_3', type: 'input_audio_buffer.clear' },
      { type: 'conversation.item.create', previous_item_id: 'turn_1', item: { id: 'i1' } },
      { type: 'input_audio_buffer.append' },
      update({ type: 'semantic_vad', eagerness: 'low', ...silent }),
      update(null),
    ]);
    expect(heard.slice(5).map(({ session }) => session)).toEqual([
      update({ type: 'semantic_vad', eagerness: 'low', ...silent }).session,
      update(null).session,
    ]);
  });
});

describe('listening', () => {
  test('an error tells which call it was', async () => {
    const { link, far } = await pair();
    say(far, { type: 'error', error: { code: 'x', message: 'Key sk-abc is odd.', event_id: 'truncate_7' } });
    expect(await next(link, 'rejected')).toEqual({
      code: 'x',
      message: 'Key [key] is odd.',
      causedBy: 'truncate',
    });
    say(far, { type: 'error', error: { type: 'server_error', message: null, event_id: 'theirs' } });
    expect(await next(link, 'rejected')).toEqual({
      code: 'server_error',
      message: 'No reason given',
      causedBy: undefined,
    });
  });

  test('garbage, strangers and repeats are passed over', async () => {
    const { link, far } = await pair();
    const told: string[] = [];
    link.events.on('committed', ({ itemId }) => told.push(itemId));
    far.send('{"type":"response.output_');
    far.send(Buffer.from([1, 2, 3]));
    far.send('');
    say(far, { type: 'galaxy.collapsed', event_id: 'a' });
    say(far, { type: 'input_audio_buffer.committed', event_id: 'b' });
    for (const event_id of ['c', 'c', 'd', 'c'])
      say(far, { type: 'input_audio_buffer.committed', event_id, item_id: `of ${event_id}` });
    say(far, { type: 'response.created', response: { id: 'r' } });
    await next(link, 'responseCreated');
    expect(told).toEqual(['of c', 'of d']);
    expect(link.closed).toBeUndefined();
  });

  test('a listener that fails does not end the process, nor the link', async () => {
    const { link, far } = await pair();
    link.events.once('committed', () => {
      throw new Error('a bug of ours');
    });
    say(far, { type: 'input_audio_buffer.committed', item_id: 'i' });
    say(far, { type: 'response.created', response: { id: 'r' } });
    expect(await next(link, 'responseCreated')).toEqual({ responseId: 'r' });
  });

  test('a message that is far too long ends the link', async () => {
    const { link, far } = await pair();
    far.send(`"${'x'.repeat(5_000_000)}"`);
    expect((await next(link, 'closed')).code).toBe('lost');
  });
});

describe('ending', () => {
  const ended = (link: RealtimeLink): LinkClosed[] => {
    const all: LinkClosed[] = [];
    link.events.on('closed', (closed) => all.push(closed));
    return all;
  };

  test('by us: told once, at once; afterwards every call is harmless', async () => {
    const { link, far } = await pair();
    const all = ended(link);
    const gone = once(far, 'close');
    link.close('enough');
    link.close('more than enough');
    expect(all).toEqual([{ code: 'closed', message: 'enough' }]);
    expect(link.closed).toEqual(all[0]);
    link.appendAudio(new Int16Array(4_800));
    link.createResponse();
    expect(((await gone) as [number])[0]).toBe(1000);
    expect(all).toHaveLength(1);
  });

  test('by us, and the provider does not answer the close', async () => {
    const { link, far } = await pair();
    far.pause();
    link.close('enough');
    expect(clock.timers).toBe(1);
    clock.turn(1_000);
    const gone = once(far, 'close');
    far.resume();
    await gone;
    expect(clock.timers).toBe(0);
  });

  test('after 60 minutes', async () => {
    const { link, far } = await pair();
    const all = ended(link);
    const words = 'Your session hit the maximum duration of 60 minutes.';
    say(far, { type: 'error', error: { code: 'session_expired', message: words } });
    far.close(1001);
    await next(link, 'closed');
    await once(far, 'close');
    expect(all).toEqual([{ code: 'expired', message: words }]);
  });

  test('the cable is cut', async () => {
    const { link, far } = await pair();
    const all = ended(link);
    far.terminate();
    await next(link, 'closed');
    expect(all[0]?.code).toBe('lost');
    expect(all[0]?.message).toContain('1006');
  });

  test('the provider is silent while we speak: asked, then given up', async () => {
    const { link, far } = await pair();
    const all = ended(link);
    far.pause();
    const frame = new Int16Array(480);
    for (let s = 0; s <= 21; s++) {
      link.appendAudio(frame);
      clock.turn(1_000);
    }
    link.appendAudio(frame);
    expect(all[0]).toMatchObject({
      code: 'lost',
      message: expect.stringContaining('does not answer') as string,
    });
  });

  test('a silent provider that answers the question is kept', async () => {
    const { link, far } = await pair();
    const frame = new Int16Array(480);
    clock.turn(60_000);
    const asked = once(far, 'ping');
    link.appendAudio(frame);
    await asked;
    // Its pong came before this: one connection keeps its order.
    say(far, { type: 'response.created', response: { id: 'r' } });
    await next(link, 'responseCreated');
    clock.turn(60_000);
    link.appendAudio(frame);
    expect(link.closed).toBeUndefined();
  });

  test('the connection is too slow for the audio', async () => {
    const { link, far } = await pair();
    const all = ended(link);
    far.pause();
    const second = new Int16Array(24_000);
    for (let s = 0; s < 600 && all.length === 0; s++) link.appendAudio(second);
    expect(all[0]).toMatchObject({ code: 'lost', message: expect.stringContaining('too slow') as string });
  });
});
