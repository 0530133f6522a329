import type { SessionId, SessionView } from '@parley/contract';
import { AddedRtpParticipant, keys } from '@parley/contract';
import type { FakeMixer } from '@parley/hub/testing/FakeMixer';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { Hubs } from './startHubs.ts';
import type { TestHub } from './startHubs.ts';

const OFFER = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';
let hubs: Hubs;
let hub: TestHub;
let other: TestHub;
let session: SessionView;
let mixers: FakeMixer[];

beforeAll(async () => {
  hubs = await Hubs.start();
  [hub, other] = await Promise.all([hubs.hub(), hubs.hub()]);
});
afterAll(() => hubs.close());
beforeEach(async () => {
  mixers = [await hubs.mixer({ cpu: 0.1 })];
  await begin();
});
afterEach(async () => {
  // Or their rooms would look for a place at the mixers of the next test.
  await Promise.all(begun.splice(0).map(({ id, ownerToken }) => hub.api.endSession(id, ownerToken)));
  await Promise.all(mixers.map((mixer) => mixer.die()));
});

const begun: { id: SessionId; ownerToken: string }[] = [];
async function begin(): Promise<void> {
  const created = await hub.api.createSession();
  ({ session } = created);
  begun.push({ id: session.id, ownerToken: created.ownerToken });
}

const first = () => mixers[0] as FakeMixer;
async function another(): Promise<FakeMixer> {
  const mixer = await hubs.mixer({ cpu: 0.5 });
  mixers.push(mixer);
  return mixer;
}
async function joined(name = 'Anna', at = hub) {
  const added = await hubs.client(at, session, name);
  return { ...added, reply: await added.client.join() };
}
const seen = async () => (await hub.api.events(session.id)).map(({ type }) => type);

describe('H7 placement', () => {
  test('a room is opened with its settings, once found again, never twice elsewhere', async () => {
    const second = await another();
    await Promise.all([joined('Anna'), joined('Ben', other), joined('Chloe'), joined('David', other)]);
    const places = [first(), second].map((mixer) => mixer.count('participant:join'));
    expect(places.sort((a, b) => a - b)).toEqual([0, 4]);
    const open = [...first().commands, ...second.commands].find(({ name }) => name === 'room:open');
    expect(open?.body).toMatchObject({ settings: { title: session.title, voice: session.voice } });
  });

  test('twenty rooms at once are spread, though no mixer has said yet that it has more', async () => {
    const second = await another();
    for (let n = 0; n < 10; n += 1) {
      await begin();
      await joined();
    }
    expect(first().count('room:open')).toBe(5);
    expect(second.count('room:open')).toBe(5);
  });

  test('without a mixer the page is told, and comes in as soon as there is one', async () => {
    await first().die();
    const anna = await hubs.client(hub, session);
    await expect(anna.client.join()).rejects.toMatchObject({
      code: 'no-mixer',
      message: /No voice server is running/,
    });
    await another();
    await anna.client.join();
    expect(await seen()).toEqual(['session:created', 'participant:joined']);
  });

  test('while every mixer is full no session is made, and it is said when to come again', async () => {
    const second = await another();
    await Promise.all([first().register({ busy: true }), second.register({ rooms: 10 })]);
    const refused = await hub.api.raw('/api/sessions', { method: 'POST', json: {} });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await expect(hub.api.createSession()).rejects.toMatchObject({
      code: 'no-mixer',
      message: /Every voice server is full.*Try again/,
    });
    await second.register();
    await begin();
    await joined();
  });

  test('a mixer that says it is full loses the room to another', async () => {
    const second = await another();
    first().answering = () => ({ error: { code: 'no-mixer', message: 'Full.' } });
    await joined();
    expect(second.count('participant:join')).toBe(1);
  });
});

describe('H8 a mixer that is gone', () => {
  test('at a join: the session moves, the others are told once to come along', async () => {
    const anna = await joined('Anna');
    const ben = await joined('Ben', other);
    const second = await another();
    await first().die();
    const chloe = await joined('Chloe');
    expect(second.count('participant:join')).toBe(1);
    for (const { client } of [anna, ben]) await expect.poll(() => client.resets).toBe(1);
    expect(chloe.client.resets).toBe(0);
    await Promise.all([anna.client.join(3), ben.client.join(3)]);
    expect(second.count('participant:join')).toBe(3);
    expect(await seen()).toEqual([
      'session:created',
      'participant:joined',
      'participant:joined',
      'room:moved',
      'participant:joined',
    ]);
    expect(anna.client.resets).toBe(1);
  });

  test('that is still listed but does not hear loses the room too', async () => {
    const second = await another();
    const anna = await joined();
    await first().die({ lease: true });
    await joined('Ben');
    expect(second.count('participant:join')).toBe(1);
    await expect.poll(() => anna.client.resets).toBe(1);
  });

  test('at a media command: the page is told why, and to come along', async () => {
    const anna = await joined();
    await another();
    await first().die();
    const ack = anna.client.ask('transport:create', { direction: 'send' });
    await expect(ack).rejects.toMatchObject({ code: 'no-mixer' });
    await expect.poll(() => anna.client.resets).toBe(1);
    await anna.client.join(2);
    expect(await anna.client.ask('transport:create', { direction: 'send' })).toMatchObject({ id: 't' });
  });

  test('with nobody asking: the room is opened at another one, which is told what was said', async () => {
    const anna = await joined('Anna');
    const second = await another();
    await first().die({ lease: true });
    await expect.poll(() => anna.client.resets).toBe(1);
    await expect.poll(() => second.count('room:open')).toBe(1);
    expect(second.commands.find(({ name }) => name === 'room:open')?.body).toMatchObject({
      epoch: 2,
      past: [],
    });
    await expect.poll(seen).toEqual(['session:created', 'participant:joined', 'room:moved']);
    expect(second.count('participant:join')).toBe(0);
  });

  test('and is the only one: the room is placed as soon as there is another, told once whoever does it', async () => {
    const anna = await joined('Anna');
    await first().die();
    await expect.poll(() => anna.client.resets).toBe(1);
    const second = await another();
    await expect.poll(() => second.count('room:open')).toBe(1);
    expect((await seen()).filter((type) => type === 'room:moved')).toHaveLength(1);
  });

  test('and had a room that nobody is in: it waits for somebody', async () => {
    const anna = await joined('Anna');
    const second = await another();
    await anna.client.ask('session:leave', {});
    await first().die();
    await expect.poll(() => hubs.redis.smembers(keys.homelessRooms)).toEqual([session.id]);
    expect(second.count('room:open')).toBe(0);
    await joined('Ben');
    expect(second.count('room:open')).toBe(1);
  });

  test('that was restarted and knows nothing opens the room again', async () => {
    const anna = await joined();
    let known = false;
    first().answering = (name) => {
      if (name === 'room:open') known = true;
      return known ? undefined : { error: { code: 'session-not-found', message: 'No such room.' } };
    };
    await expect(anna.client.ask('media:resume', { consumerId: 'c' })).rejects.toMatchObject({
      code: 'session-not-found',
    });
    await expect.poll(() => anna.client.resets).toBe(1);
    await anna.client.join(2);
    await anna.client.ask('media:resume', { consumerId: 'c' });
  });

  test('that says the room is closed: every hub may hear it, every device is told once', async () => {
    const anna = await joined('Anna');
    const ben = await joined('Ben', other);
    const mixerId = first().id;
    const closed = {
      type: 'room:closed',
      mixerId,
      sessionId: session.id,
      epoch: 1,
      reason: 'worker-died',
    } as const;
    await first().signal(closed);
    for (const { client } of [anna, ben]) await expect.poll(() => client.resets).toBe(1);
    await first().signal(closed);
    await anna.client.join(3);
    expect([anna.client.resets, ben.client.resets]).toEqual([1, 1]);
  });

  test('that lost the media of one device: only this one is told', async () => {
    const anna = await joined('Anna');
    const ben = await joined('Ben');
    const { participantId } = anna;
    await first().signal({
      type: 'participant:gone',
      mixerId: first().id,
      sessionId: session.id,
      participantId,
    });
    await expect.poll(() => anna.client.resets).toBe(1);
    expect(ben.client.resets).toBe(0);
    expect(await seen()).not.toContain('participant:left');
  });
});

describe('plain SDP peers', () => {
  const bridge = (name?: string) =>
    hub.api.bridge({ sdp: OFFER, type: 'offer', session_id: session.id, ...(name && { name }) });

  test('join in one call, are listed, and leave when their mixer says so', async () => {
    const anna = await joined();
    const answer = await bridge('Robot');
    expect(answer).toMatchObject({ type: 'answer', session_id: session.id, sdp: 'v=0\r\n' });
    const { participants } = await hub.api.session(session.id);
    expect(participants.at(-1)).toMatchObject({ id: answer.participant_id, name: 'Robot', client: 'sdp' });
    const participantId = answer.participant_id;
    await first().signal({
      type: 'participant:gone',
      mixerId: first().id,
      sessionId: session.id,
      participantId,
    });
    await expect
      .poll(() => anna.client.events.map(({ type }) => type))
      .toEqual(['participant:joined', 'participant:left']);
    expect(anna.client.events[1]?.data).toMatchObject({ reason: 'disconnected' });
  });

  test('that cannot be negotiated leave no trace', async () => {
    first().answering = (name) =>
      name === 'bridge:join' ? { error: { code: 'bad-sdp', message: 'No codec in common.' } } : undefined;
    await expect(bridge()).rejects.toMatchObject({ status: 422, code: 'bad-sdp' });
    expect(await hub.api.session(session.id)).toMatchObject({ participantCount: 0 });
    expect(await seen()).toEqual(['session:created']);
  });

  test('go with their room: they have no socket to be called back by', async () => {
    await bridge('Robot');
    await first().signal({
      type: 'room:closed',
      mixerId: first().id,
      sessionId: session.id,
      reason: 'drained',
    });
    await expect.poll(seen).toEqual(['session:created', 'participant:joined', 'participant:left']);
  });
});

describe('plain RTP participants', () => {
  const post = (json: object, token = begun.at(-1)?.ownerToken) =>
    hub.api.raw(`/api/sessions/${session.id}/rtp`, { method: 'POST', json, token });
  const wishes = { name: 'Gateway', ip: '127.0.0.1', port: 5_004 };

  test('join in one call of the owner, are listed, and leave for silence when their mixer says so', async () => {
    const response = await post({ ...wishes, audioLevelExtId: 3 });
    expect(response.status).toBe(201);
    const added = AddedRtpParticipant.parse(await response.json());
    expect(added).toMatchObject({ ip: '127.0.0.1', port: 40_000, payloadType: 111, ssrc: 7 });
    const join = first().commands.find(({ name }) => name === 'rtp:join');
    expect(join?.body).toMatchObject({
      wishes: { ip: '127.0.0.1', port: 5_004, payloadType: 111, audioLevelExtId: 3 },
    });
    const { participants } = await hub.api.session(session.id);
    expect(participants.at(-1)).toMatchObject({ id: added.participantId, name: 'Gateway', client: 'rtp' });
    await first().signal({
      type: 'participant:gone',
      mixerId: first().id,
      sessionId: session.id,
      participantId: added.participantId,
      reason: 'silent',
    });
    await expect.poll(seen).toContain('participant:left');
    const left = (await hub.api.events(session.id)).find(({ type }) => type === 'participant:left');
    expect(left?.data).toMatchObject({ participantId: added.participantId, reason: 'silent' });
  });

  test('are removed by the owner', async () => {
    const { participantId } = AddedRtpParticipant.parse(await (await post(wishes)).json());
    const path = `/api/sessions/${session.id}/participants/${participantId}`;
    const gone = await hub.api.raw(path, { method: 'DELETE', token: begun.at(-1)?.ownerToken });
    expect(gone.status).toBe(204);
    expect(first().count('participant:leave')).toBe(1);
  });

  test('need the owner token', async () => {
    const { token } = await hub.api.addParticipant(session.id, 'Anna');
    expect([(await post(wishes, token)).status, (await post(wishes, 'x')).status]).toEqual([401, 401]);
  });

  test.each([
    { port: 0 },
    { ip: 'localhost' },
    { payloadType: 0 },
    { payloadType: 200 },
    { audioLevelExtId: 15 },
    { ssrc: -1 },
    { name: '' },
    { more: 1 },
  ])('are refused with %j', async (wrong) => {
    expect((await post({ ...wishes, ...wrong })).status).toBe(400);
    expect(first().count('rtp:join')).toBe(0);
  });

  test('leave no trace when the mixer refuses the address', async () => {
    first().answering = (name) =>
      name === 'rtp:join' ? { error: { code: 'forbidden', message: 'Not this address.' } } : undefined;
    expect((await post(wishes)).status).toBe(403);
    expect(await hub.api.session(session.id)).toMatchObject({ participantCount: 0 });
  });
});

describe("the old bridge's session", () => {
  test('waits for the provider', async () => {
    const legacy = { conversation_id: 'c-1', voice: 'ash', agent_name: 'Ada', system_prompt: 'Be brief.' };
    const { session_id } = await hub.api.legacySession(legacy);
    expect(await hub.api.session(session_id)).toMatchObject({
      conversationId: 'c-1',
      voice: 'ash',
      agentName: 'Ada',
      systemPrompt: 'Be brief.',
    });
    const open = first().commands.find(({ name }) => name === 'room:open');
    expect(open?.body).toMatchObject({ awaitAssistant: true });
  });

  test('is none when the provider refuses', async () => {
    const message = 'The key is not valid.';
    first().answering = (name) =>
      name === 'room:open' ? { error: { code: 'provider-refused', message } } : undefined;
    const before = (await hub.api.sessions('?limit=100')).sessions.filter(({ state }) => state === 'live');
    await expect(hub.api.legacySession({})).rejects.toMatchObject({ status: 502, message: /not valid/ });
    const after = (await hub.api.sessions('?limit=100')).sessions.filter(({ state }) => state === 'live');
    expect(after.length).toBe(before.length);
  });
});

describe('mute', () => {
  test('is a fact only when the mixer has done it', async () => {
    const { client } = await joined();
    first().answering = (name) =>
      name === 'participant:mute' ? { error: { code: 'conflict', message: 'Not now.' } } : undefined;
    await expect(client.ask('participant:mute', { muted: true })).rejects.toMatchObject({ code: 'conflict' });
    first().answering = () => undefined;
    await client.ask('participant:mute', { muted: true });
    await client.ask('participant:mute', { muted: true });
    expect((await seen()).filter((type) => type === 'participant:muted')).toHaveLength(1);
  });
});

test('a speaker groups devices, a listener does not', async () => {
  const [anna, ben] = [await joined('Anna'), await joined('Ben')];
  const listener = await hubs.client(hub, session, 'Chloe', { role: 'listener' });
  await listener.client.join();
  const participantIds = [anna.participantId, ben.participantId];
  expect(await anna.client.ask('devices:group', { participantIds })).toEqual({});
  const asked = () => first().commands.filter(({ name }) => name === 'devices:group');
  const request = { sessionId: session.id, participantId: anna.participantId, participantIds };
  expect(asked().map(({ body }) => body)).toMatchObject([request]);
  await expect(listener.client.ask('devices:group', { participantIds })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const many = Array.from({ length: 17 }, () => anna.participantId);
  await expect(anna.client.ask('devices:group', { participantIds: many })).rejects.toMatchObject({
    code: 'bad-request',
  });
  expect(asked()).toHaveLength(1);
});
