import { newSessionId, type CreatedSession } from '@parley/contract';
import type { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asHubError, HubApi, type RawRequest } from '../support/HubApi.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { report } from '../support/report.ts';

let stack: Stack;
let hub: HubApi;
let created: z.infer<typeof CreatedSession>;
beforeAll(async () => {
  stack = await startStack();
  hub = new HubApi(stack.url);
  created = await hub.createSession({ title: 'Standing firm' });
});
afterAll(() => stack?.close());

const json = { 'content-type': 'application/json' };
const big = 'x'.repeat(2_000_000);
const session = () => created.session.id;
const nobody = newSessionId();

type Case = [name: string, path: () => string, request: () => RawRequest, status: number, code: string];
const post = (body: unknown): RawRequest => ({ method: 'POST', json: body });
const cases: Case[] = [
  [
    'half a JSON',
    () => '/api/sessions',
    () => ({ method: 'POST', body: '{"title":', headers: json }),
    400,
    'bad-request',
  ],
  ['no object', () => '/api/sessions', () => post([1]), 400, 'bad-request'],
  ['an unknown key', () => '/api/sessions', () => post({ titel: 'x' }), 400, 'bad-request'],
  ['a wrong voice', () => '/api/sessions', () => post({ voice: 'robot' }), 400, 'bad-request'],
  ['a long title', () => '/api/sessions', () => post({ title: 'x'.repeat(121) }), 400, 'bad-request'],
  ['two megabytes', () => '/api/sessions', () => post({ systemPrompt: big }), 413, 'payload-too-large'],
  ['no session ID', () => '/api/sessions/oh-no', () => ({}), 404, 'session-not-found'],
  ['a session nobody made', () => `/api/sessions/${nobody}`, () => ({}), 404, 'session-not-found'],
  [
    'to end without a token',
    () => `/api/sessions/${session()}`,
    () => ({ method: 'DELETE' }),
    401,
    'bad-token',
  ],
  [
    'to end with a made-up token',
    () => `/api/sessions/${session()}`,
    () => ({ method: 'DELETE', token: 'a.b.c' }),
    401,
    'bad-token',
  ],
  [
    'a name of control characters',
    () => `/api/sessions/${session()}/participants`,
    () => post({ name: 'a\u0007b' }),
    400,
    'bad-request',
  ],
  ['no name', () => `/api/sessions/${session()}/participants`, () => post({}), 400, 'bad-request'],
  [
    'a role that there is not',
    () => `/api/sessions/${session()}/participants`,
    () => post({ name: 'A', role: 'king' }),
    400,
    'bad-request',
  ],
  [
    'to join as owner without a token',
    () => `/api/sessions/${session()}/participants`,
    () => post({ name: 'A', role: 'owner' }),
    401,
    'bad-token',
  ],
  [
    'to join where nobody is',
    () => `/api/sessions/${nobody}/participants`,
    () => post({ name: 'A' }),
    404,
    'session-not-found',
  ],
  [
    'an unknown event type',
    () => `/api/sessions/${session()}/events?type=nothing`,
    () => ({}),
    400,
    'bad-request',
  ],
  [
    'a limit of a million',
    () => `/api/sessions/${session()}/events?limit=1000000`,
    () => ({}),
    400,
    'bad-request',
  ],
  [
    'events before the first',
    () => `/api/sessions/${session()}/events?after=-1`,
    () => ({}),
    400,
    'bad-request',
  ],
  ['an unknown export', () => `/api/sessions/${session()}/export?format=exe`, () => ({}), 400, 'bad-request'],
  [
    'the export of nothing',
    () => `/api/sessions/${nobody}/export?format=json`,
    () => ({}),
    404,
    'session-not-found',
  ],
  ['a wrong cursor', () => '/api/sessions?cursor=%00%00', () => ({}), 400, 'bad-request'],
  ['a path that there is not', () => '/api/nothing', () => ({}), 404, 'not-found'],
  [
    'a bridge offer without SDP',
    () => '/api/realtime/webrtc/bridge',
    () => post({ type: 'offer', session_id: session() }),
    400,
    'bad-request',
  ],
  [
    'a bridge offer that is no SDP',
    () => '/api/realtime/webrtc/bridge',
    () => post({ sdp: 'hello', type: 'offer', session_id: session() }),
    422,
    'bad-sdp',
  ],
  [
    'a bridge offer of video only',
    () => '/api/realtime/webrtc/bridge',
    () => post({ sdp: VIDEO_ONLY, type: 'offer', session_id: session() }),
    422,
    'bad-sdp',
  ],
  [
    'a bridge offer of 100 KB',
    () => '/api/realtime/webrtc/bridge',
    () => post({ sdp: 'v=0\r\n'.repeat(20_000), type: 'offer', session_id: session() }),
    400,
    'bad-request',
  ],
  [
    'a bridge answer',
    () => '/api/realtime/webrtc/bridge',
    () => post({ sdp: 'v=0\r\n', type: 'answer', session_id: session() }),
    400,
    'bad-request',
  ],
  [
    'a bridge to nowhere',
    () => '/api/realtime/webrtc/bridge',
    () => post({ sdp: VIDEO_ONLY, type: 'offer', session_id: nobody }),
    404,
    'session-not-found',
  ],
  [
    'a legacy session with a wrong voice',
    () => '/api/realtime/session',
    () => post({ voice: 'robot' }),
    400,
    'bad-request',
  ],
];
const VIDEO_ONLY = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP4 0.0.0.0',
  'a=mid:0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  'a=setup:actpass',
  'a=rtpmap:96 VP8/90000',
  '',
].join('\r\n');

test.each(cases)('%s is refused with words', async (_name, path, request, status, code) => {
  const response = await hub.raw(path(), request());
  const error = await asHubError(response);
  expect([error.status, error.code]).toEqual([status, code]);
  expect(error.message).not.toMatch(/\bat \/|node_modules|stack/);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
});

test('a body that breaks off harms nobody', async () => {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(stack.url);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.end(
        'POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"ti',
      );
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.resume();
  });
  expect((await hub.raw('/readyz')).status).toBe(200);
});

test('repeating harms nobody: the same session ended twice', async () => {
  const { session, ownerToken } = await hub.createSession();
  expect((await hub.endSession(session.id, ownerToken)).ok).toBe(true);
  const again = await hub.endSession(session.id, ownerToken);
  if (!again.ok) expect((await asHubError(again)).code).toBe('session-ended');
  const ended = (await hub.events(session.id)).filter(({ type }) => type === 'session:ended');
  expect(ended).toHaveLength(1);
  const refused = await asHubError(
    await hub.raw(`/api/sessions/${session.id}/participants`, post({ name: 'Late' })),
  );
  expect([refused.status, refused.code]).toEqual([410, 'session-ended']);
});

test('after all of it every process lives, and the session is as it was', async () => {
  expect([...stack.hubs, ...stack.mixers].every((service) => service.running)).toBe(true);
  expect(await hub.session(session())).toMatchObject({ state: 'live', title: 'Standing firm' });
  // The refused offers opened the room; nobody was ever let in.
  const types = new Set((await hub.events(session())).map(({ type }) => type));
  expect([...types].filter((type) => type.startsWith('participant:'))).toEqual([]);
  const errors = stack.hubs.flatMap((service) =>
    service.complaints.filter((line) => /"level":[56]0/.test(line)),
  );
  report('HTTP edge', { cases: cases.length, 'errors in the log': errors.length });
  expect(errors).toEqual([]);
});
