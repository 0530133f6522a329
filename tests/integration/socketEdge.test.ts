import { PROTOCOL_VERSION, SIGNALING_COMMANDS, newSessionId, type SignalingCommand } from '@parley/contract';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HubApi } from '../support/HubApi.ts';
import { report } from '../support/report.ts';
import { SignalingClient } from '../support/SignalingClient.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

let stack: Stack;
let hub: HubApi;
const clients: SignalingClient[] = [];
beforeAll(async () => {
  stack = await startStack();
  hub = new HubApi(stack.url);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => stack?.close());

async function connect(token: unknown): Promise<SignalingClient> {
  const client = await SignalingClient.connect(stack.url, token);
  clients.push(client);
  return client;
}

/** A participant whose socket is connected but who has not joined yet. */
async function arrive(name = 'Anna') {
  const { session, ownerToken } = await hub.createSession();
  const { token, participantId } = await hub.addParticipant(session.id, name);
  return { session, ownerToken, token, participantId, client: await connect(token) };
}

/** The room still works: a newcomer joins and gets everything. */
async function expectAlive(sessionId: Parameters<HubApi['addParticipant']>[0]): Promise<void> {
  const { token } = await hub.addParticipant(sessionId, 'Newcomer');
  const client = await connect(token);
  const joined = await client.join();
  expect(joined.session.state).toBe('live');
  expect(await client.ask('transport:create', { direction: 'recv' })).toMatchObject({ iceParameters: {} });
  expect([...stack.hubs, ...stack.mixers].every((service) => service.running)).toBe(true);
}

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['a number', 7],
  ['junk', 'not.a.token'],
  ['ten kilobytes', 'x'.repeat(10_000)],
  // {"alg":"none"} must never be believed, whatever it claims.
  ['one without a signature', `eyJhbGciOiJub25lIn0.${btoa('{"sid":"aaaa-aaaa"}').replaceAll('=', '')}.`],
])('a handshake with a token that is %s is refused', async (_name, token) => {
  await expect(connect(token)).rejects.toThrow(/./);
});

test('an owner token is no ticket to the room', async () => {
  const { ownerToken } = await hub.createSession();
  await expect(connect(ownerToken)).rejects.toThrow(/./);
});

test('malformed bodies of every command are answered in words, and the room stands', async () => {
  const { session, client } = await arrive();
  await client.join();
  let answers = 0;
  for (const name of Object.keys(SIGNALING_COMMANDS) as SignalingCommand[]) {
    if (name === 'session:leave' || name === 'session:end') continue;
    for (const body of [
      undefined,
      null,
      7,
      'x',
      [],
      { transportId: 5 },
      { direction: 'sideways', muted: 'yes' },
    ]) {
      const ack = await client.send(name, body);
      expect(ack, `${name} ${JSON.stringify(body)}`).toMatchObject({
        ok: false,
        error: { code: 'bad-request' },
      });
      answers += 1;
    }
  }
  report('socket edge', { 'malformed bodies answered': answers });
  await expectAlive(session.id);
});

test('an unknown command, and one without an acknowledgement, harm nobody', async () => {
  const { session, client } = await arrive();
  await client.join();
  client.socket.emit('make:coffee', { sugar: 2 });
  client.socket.emit('transport:create', { direction: 'send' });
  client.socket.emit('participant:mute', 'not a function', 'at all');
  expect(await client.ask('participant:mute', { muted: true })).toEqual({ muted: true });
  await expectAlive(session.id);
});

test('a message of three megabytes ends the connection, not the hub', async () => {
  const { session, client } = await arrive();
  await client.join();
  client.socket.emit('transport:connect', { transportId: 'x', dtlsParameters: { x: 'y'.repeat(3_000_000) } });
  await until('the connection to be closed', () => !client.connected);
  await expectAlive(session.id);
});

test('out of order: each command before its time is refused', async () => {
  const { client } = await arrive();
  const early = await client.send('transport:create', { direction: 'send' });
  expect(early).toMatchObject({ ok: false });
  await client.join();
  const unknown = '00000000-0000-4000-8000-000000000000';
  const out: [SignalingCommand, object][] = [
    ['transport:connect', { transportId: unknown, dtlsParameters: {} }],
    ['transport:restart-ice', { transportId: unknown }],
    ['media:produce', { transportId: unknown, rtpParameters: {} }],
    ['media:consume', { transportId: unknown, producerId: unknown, rtpCapabilities: {} }],
    ['media:resume', { consumerId: unknown }],
    ['data:produce', { transportId: unknown, sctpStreamParameters: {}, label: 'parley', protocol: '' }],
    ['data:consume', { transportId: unknown }],
  ];
  for (const [name, body] of out)
    expect(await client.send(name, body), name).toMatchObject({
      ok: false,
      error: { code: 'media-not-found' },
    });
  const { id } = await client.ask('transport:create', { direction: 'send' });
  for (const rtpParameters of [{}, { codecs: 'none' }, { codecs: [{ mimeType: 'audio/PCMU' }] }])
    expect(await client.send('media:produce', { transportId: id, rtpParameters })).toMatchObject({
      ok: false,
      error: { code: 'bad-media' },
    });
  expect(
    await client.send('transport:connect', { transportId: id, dtlsParameters: { role: 'x' } }),
  ).toMatchObject({
    ok: false,
    error: { code: 'bad-media' },
  });
});

test('the wrong protocol version is told so', async () => {
  const { client } = await arrive();
  const ack = await client.send('session:join', { protocol: PROTOCOL_VERSION + 1, afterSeq: 0 });
  expect(ack).toMatchObject({ ok: false, error: { code: 'protocol-mismatch' } });
});

test('joining twice on one socket, and once more on another, leaves one participant', async () => {
  const { session, token, participantId, client } = await arrive();
  await client.join();
  await client.join();
  const second = await connect(token);
  await second.join();
  await until('the first to be told', () => client.goodbyes.length > 0);
  expect(client.goodbyes).toEqual([{ why: 'replaced' }]);
  const { participants } = await hub.session(session.id);
  expect(participants.map(({ id }) => id)).toEqual([participantId]);
  const joined = (await hub.events(session.id)).filter(({ type }) => type === 'participant:joined');
  expect(joined).toHaveLength(1);
});

test('after leaving nothing works, and leaving again is harmless', async () => {
  const { session, client } = await arrive();
  await client.join();
  await client.ask('session:leave', {});
  await until('the goodbye', () => client.goodbyes.length > 0 || !client.connected);
  expect(client.goodbyes).toEqual([{ why: 'left' }]);
  if (client.connected) {
    expect(await client.send('transport:create', { direction: 'send' })).toMatchObject({ ok: false });
  }
  const left = (await hub.events(session.id)).filter(({ type }) => type === 'participant:left');
  expect(left).toHaveLength(1);
});

test('a speaker who is no owner cannot end the session', async () => {
  const { session, client } = await arrive();
  await client.join();
  expect(await client.send('session:end', {})).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  expect((await hub.session(session.id)).state).toBe('live');
});

test('a token of another session, and of none, opens nothing', async () => {
  const { session } = await arrive();
  const other = await arrive();
  expect((await other.client.join()).session.id).not.toBe(session.id);
  const refused = await hub.raw(`/api/sessions/${newSessionId()}/participants`, {
    method: 'POST',
    json: { name: 'A' },
    token: other.token,
  });
  expect(refused.status).toBe(404);
});

test('a flood of commands on one socket is answered or refused, and others are served meanwhile', async () => {
  const { session, client } = await arrive();
  await client.join();
  const flood = Array.from({ length: 500 }, () => client.send('events:list', { afterSeq: 0 }, 20_000));
  const begun = performance.now();
  await expectAlive(session.id);
  const joinedMs = performance.now() - begun;
  const answers = await Promise.allSettled(flood);
  const fulfilled = answers.filter(({ status }) => status === 'fulfilled').length;
  report('socket flood', { commands: 500, answered: fulfilled, 'newcomer in ms': joinedMs });
});
