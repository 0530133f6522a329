import type { SessionId } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repeated } from '../support/audio/voices.ts';
import { HubApi } from '../support/HubApi.ts';
import { OtlpReceiver, type ReceivedSpan } from '../support/OtlpReceiver.ts';
import { PlainPeer } from '../support/peers/PlainPeer.ts';
import { SignalingClient } from '../support/SignalingClient.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

/** Words that were typed, names, titles: nothing of it may be in a trace. */
const PRIVATE = ['Annabel', 'Benedict', 'gardens', 'Confidential'];

let collector: OtlpReceiver;
let stack: Stack;
let hub: HubApi;
let id: SessionId;
let peer: PlainPeer;
let token: string;

beforeAll(async () => {
  collector = await OtlpReceiver.open();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  stack = await startStack({ tools: { scripted: 1 }, hubEnv: env, mixerEnv: env, toolsEnv: env });
  hub = new HubApi(stack.url);
  ({
    session: { id },
  } = await hub.createSession({ title: 'Confidential' }));
  peer = await PlainPeer.join(hub, id, 'Annabel');
  ({ token } = await hub.addParticipant(id, 'Benedict'));
});
afterAll(async () => {
  await peer?.close();
  await stack?.close();
  await collector?.close();
});

const span = (service: string, name: string, of: (span: ReceivedSpan) => boolean = () => true) =>
  until(`${service}'s span ${name}`, () => collector.named(`parley-${service}`, name).find(of));
const isOf = (parent: ReceivedSpan) => (child: ReceivedSpan) =>
  child.parentSpanId === parent.spanId && child.traceId === parent.traceId;
const isRoot = ({ parentSpanId }: ReceivedSpan) => !parentSpanId;

test('a join is one trace: the socket, the question to the mixer, what the mixer did', async () => {
  const client = await SignalingClient.connect(stack.url, token);
  await client.join();
  client.close();
  const join = await span('hub', 'session:join', isRoot);
  expect(join.attributes).toEqual({ 'parley.session.id': id });
  const asked = await span('hub', 'participant:join', isOf(join));
  const done = await span('mixer', 'participant:join', isOf(asked));
  expect([join.kind, asked.kind, done.kind]).toEqual([2, 3, 2]);
  expect(BigInt(done.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(asked.startTimeUnixNano));
});

test('so is a request over HTTP, in the trace of whoever asked', async () => {
  const traceId = 'c'.repeat(32);
  const headers = { traceparent: `00-${traceId}-${'d'.repeat(16)}-01` };
  await hub.raw(`/api/sessions/${id}`, { headers });
  const request = await span('hub', 'GET /api/sessions/:id', (each) => each.traceId === traceId);
  expect(request).toMatchObject({
    parentSpanId: 'd'.repeat(16),
    attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200 },
  });
  // Whoever asks with nonsense is answered, and begins a trace (H30).
  const answer = await hub.raw('/api/sessions?limit=3', { headers: { traceparent: 'nonsense' } });
  expect(answer.status).toBe(200);
  await span('hub', 'GET /api/sessions/', isRoot);

  const bridge = await span('hub', 'POST /api/realtime/webrtc/bridge', isRoot);
  const asked = await span('hub', 'bridge:join', isOf(bridge));
  await span('mixer', 'bridge:join', isOf(asked));
});

test('the link to the provider is a part of what opened the room', async () => {
  const opened = await span('mixer', 'room:open');
  const connected = await span('mixer', 'provider:connect', isOf(opened));
  expect(connected.attributes['parley.session.id']).toBe(id);
});

test('M141 T15 what was typed: the response, its call of a tool, the decision and the job are one trace', async () => {
  peer.send({ type: 'text:send', id: 't1', text: 'Please ask the team to say gardens are green' });
  const decided = await span('tools', 'desk:call');
  const call = await span('mixer', 'tool:call', (each) => each.spanId === decided.parentSpanId);
  const response = await span('mixer', 'response', (each) => each.spanId === call.parentSpanId);
  expect(isRoot(response)).toBe(true);
  const job = await span('tools', 'job:nested_team', isOf(decided));
  expect(new Set([decided, call, response, job].map(({ traceId }) => traceId)).size).toBe(1);
  expect(call.attributes).toEqual({ 'parley.session.id': id, 'parley.tool': 'nested_team' });
  expect(response.attributes['parley.response.status']).toBe('completed');
  expect([call.kind, decided.kind, job.kind]).toEqual([4, 5, 5]);
});

test('M141 what was said: the turn and its answer are one trace', async () => {
  peer.speaker.say(await repeated('anna', 60, 0));
  await until('words to be heard', async () => (await stack.provider.latest()).inputMs > 3_000);
  peer.speaker.hush();
  const turn = await span('mixer', 'turn', isRoot);
  const response = await span('mixer', 'response', isOf(turn));
  expect(response.events.map(({ name }) => name)).toEqual(['confirmed', 'first audio']);
});

test('what is written to Postgres is told by batches, and lines of the log by their trace', async () => {
  const batch = await span('hub', 'events:write', isRoot);
  expect(batch.attributes['parley.events']).toBeGreaterThan(0);
  const traces = new Set(collector.spans.map(({ traceId }) => traceId));
  const named = stack.tools[0]?.tail.match(/"trace_id":"([\da-f]{32})".*"msg":"job begins"/)?.[1];
  expect(traces).toContain(named);
});

test('H30 nothing personal is in it', () => {
  const all = collector.bodies.join('\n');
  expect(collector.spans.length).toBeGreaterThan(20);
  for (const word of [...PRIVATE, token, 'test-key']) expect(all).not.toContain(word);
});

test('the last spans are sent at the end', async () => {
  const before = collector.named('parley-mixer', 'room:close').length;
  await hub.endSession(id);
  expect(await stack.mixers[0]?.stop()).toBe(0);
  expect(collector.named('parley-mixer', 'room:close')).toHaveLength(before + 1);
});
