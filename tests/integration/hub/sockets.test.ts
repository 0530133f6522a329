import { keys, newMixerId, PROTOCOL_VERSION, SIGNALING_COMMANDS } from '@parley/contract';
import type { SessionView } from '@parley/contract';
import type { FakeMixer } from '@parley/hub/testing/FakeMixer';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { SignalingClient } from '../../support/SignalingClient.ts';
import { Hubs } from './startHubs.ts';
import type { TestHub } from './startHubs.ts';

const GRACE_MS = 400;
let hubs: Hubs;
let hub: TestHub;
let other: TestHub;
let mixer: FakeMixer;
let session: SessionView;
let ownerToken: string;

beforeAll(async () => {
  hubs = await Hubs.start();
  mixer = await hubs.mixer();
  const env = {
    RECONNECT_GRACE_MS: String(GRACE_MS),
    MAX_PARTICIPANTS: '3',
    ALLOWED_ORIGINS: 'https://page.example',
  };
  [hub, other] = await Promise.all([hubs.hub(env), hubs.hub(env)]);
});
afterAll(() => hubs.close());

/** Keeps a seat for longer than any test lasts. */
async function patient(): Promise<TestHub> {
  const made = await hubs.hub({ RECONNECT_GRACE_MS: '120000', MAX_PARTICIPANTS: '3' });
  onTestFinished(() => made.close());
  return made;
}
beforeEach(async () => {
  ({ session, ownerToken } = await hub.api.createSession());
  mixer.answering = () => undefined;
  mixer.commands.length = 0;
});

const types = async () => (await hub.api.events(session.id)).map(({ type }) => type);
const seen = (client: SignalingClient) => client.events.map(({ type }) => type);
async function joined(name = 'Anna', at = hub, role?: { role: string; token?: string }) {
  const added = await hubs.client(at, session, name, role);
  return { ...added, reply: await added.client.join() };
}

describe('H14 the handshake', () => {
  test.each([
    ['no token', undefined],
    ['a number', 7],
    ['what is no token', 'a.b.c'],
    ['an unsigned token', 'eyJhbGciOiJub25lIn0.eyJzaWQiOiJhYWFhLWFhYWEifQ.'],
    ['three kilobytes', 'x'.repeat(3_000)],
  ])('%s is refused in words', async (_name, token) => {
    await expect(SignalingClient.connect(hub.url, token)).rejects.toMatchObject({
      data: { code: 'bad-token', message: expect.stringMatching(/token/i) },
    });
  });

  test("an owner's token is not a participant's", async () => {
    await expect(SignalingClient.connect(hub.url, ownerToken)).rejects.toMatchObject({
      data: { code: 'bad-token' },
    });
  });

  test.each([
    ['a page of another origin is refused', 'https://evil.example', false],
    ['one that is allowed by name is let in', 'https://page.example', true],
    ['what is no origin is refused', 'null', false],
  ])('%s', async (_name, origin, allowed) => {
    const { token } = await hub.api.addParticipant(session.id, 'Anna');
    const transports = ['websocket'];
    const socket = io(hub.url, { auth: { token }, transports, forceNew: true, extraHeaders: { origin } });
    const outcome = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('connect_error', () => resolve(false));
    });
    socket.disconnect();
    expect(outcome).toBe(allowed);
  });
});

describe('H13 commands', () => {
  test('before the join every one of them is refused, but the join', async () => {
    const { client } = await hubs.client(hub, session);
    for (const name of Object.keys(SIGNALING_COMMANDS)) {
      const ack = await client.send(name, {});
      expect(ack).toMatchObject({
        ok: false,
        error: { code: expect.stringMatching(/bad-request|conflict/) },
      });
    }
    expect(mixer.commands).toEqual([]);
    await client.join();
  });

  test('what is malformed is answered with the field that is wrong, whatever it is', async () => {
    const { client } = await joined();
    for (const name of Object.keys(SIGNALING_COMMANDS)) {
      if (['session:leave', 'session:end'].includes(name)) continue;
      for (const body of [undefined, null, 7, 'x', [], { a: 1 }, Buffer.from('x'), { __proto__: null }]) {
        const ack = await client.send(name, body);
        // A change of nothing is well-formed; this device only has no right to it.
        const isNoChange = name === 'session:configure' && isEmptyObject(body);
        const code = isNoChange ? 'forbidden' : 'bad-request';
        expect(ack).toMatchObject({ ok: false, error: { code } });
      }
    }
    for (const name of ['war', '__proto__', 'constructor', 'toString', 'x'.repeat(5_000)])
      expect(await client.send(name, {})).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(await client.send('participant:mute', { muted: true })).toEqual({
      ok: true,
      data: { muted: true },
    });
  });

  test('without an acknowledgement, or with nothing at all, they harm nobody', async () => {
    const { client } = await joined();
    client.socket.emit('participant:mute', { muted: true });
    client.socket.emit('participant:mute');
    client.socket.emit('war');
    client.socket.emit('events:list', { afterSeq: 0 }, 'no function');
    await expect.poll(() => seen(client)).toEqual(['participant:muted']);
    expect(await client.ask('events:list', { afterSeq: 2 })).toMatchObject({ events: [{ seq: 3 }] });
  });

  test('they are answered in their order, each once, though the first takes longest', async () => {
    const { client } = await joined();
    const release = Promise.withResolvers<undefined>();
    mixer.answering = (name) => (name === 'participant:mute' ? release.promise : undefined);
    const order: number[] = [];
    const slow = client.ask('participant:mute', { muted: true }).then(() => order.push(1));
    const fast = client.ask('events:list', { afterSeq: 0 }).then(() => order.push(2));
    const media = client.ask('transport:create', { direction: 'send' }).then(() => order.push(3));
    await expect.poll(() => mixer.count('participant:mute')).toBe(1);
    release.resolve(undefined);
    await Promise.all([slow, fast, media]);
    expect(order).toEqual([1, 2, 3]);
  });

  test('one that is too long is refused; one that is far too long costs its socket, nobody else', async () => {
    const { client } = await joined();
    const { client: ben } = await joined('Ben');
    const long = { transportId: 't', dtlsParameters: { x: 'y'.repeat(200_000) } };
    expect(await client.send('transport:connect', long)).toMatchObject({
      ok: false,
      error: { code: 'payload-too-large' },
    });
    const gone = new Promise((resolve) => client.socket.once('disconnect', resolve));
    client.socket.emit('transport:connect', { x: 'y'.repeat(2_000_000) });
    await gone;
    expect(await ben.ask('participant:mute', { muted: true })).toEqual({ muted: true });
  });

  test('more than a hundred that wait are refused, and the socket lives', async () => {
    const { client } = await joined();
    const release = Promise.withResolvers<undefined>();
    mixer.answering = (name) => (name === 'participant:mute' ? release.promise : undefined);
    const acks = Array.from({ length: 150 }, () => client.send('participant:mute', { muted: true }));
    await expect.poll(() => mixer.count('participant:mute')).toBe(1);
    expect(await acks[149]).toMatchObject({ ok: false, error: { code: 'rate-limited' } });
    release.resolve(undefined);
    const answers = await Promise.all(acks);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(100);
  });

  test('what the mixer refuses reaches the page in its words', async () => {
    const { client } = await joined();
    const error = { code: 'bad-media', message: 'No such codec.' } as const;
    mixer.answering = (name) => (name === 'media:command' ? { error } : undefined);
    expect(await client.send('media:resume', { consumerId: 'c' })).toEqual({ ok: false, error });
  });

  test('a listener may hear and not speak', async () => {
    const { client } = await joined('Lisa', hub, { role: 'listener' });
    expect(await client.ask('transport:create', { direction: 'recv' })).toMatchObject({ id: 't' });
    const produce = { transportId: 't', rtpParameters: {} };
    await expect(client.ask('media:produce', produce)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a page of another protocol version is told to reload', async () => {
    const { client } = await hubs.client(hub, session);
    const ack = await client.send('session:join', { protocol: PROTOCOL_VERSION + 1, afterSeq: 0 });
    expect(ack).toMatchObject({ ok: false, error: { code: 'protocol-mismatch' } });
  });
});

describe('H1–H4 seats', () => {
  test('H1 the fourth of three is refused, until somebody leaves', async () => {
    const [anna] = [await joined('Anna'), await joined('Ben', other), await joined('Chloe')];
    await expect(hub.api.addParticipant(session.id, 'David')).rejects.toMatchObject({ code: 'session-full' });
    await anna.client.ask('session:leave', {});
    await joined('David');
  });

  test('H2 a newer socket of the same token replaces the older, at another hub too', async () => {
    const anna = await joined('Anna');
    const ben = await joined('Ben');
    const newer = await hubs.connect(other, anna.token);
    const reply = await newer.join(anna.reply.events.length);
    expect(reply.me).toEqual(anna.reply.me);
    await expect.poll(() => anna.client.goodbyes).toEqual([{ why: 'replaced' }]);
    await expect.poll(() => anna.client.connected).toBe(false);
    await newer.ask('participant:mute', { muted: true });
    await expect.poll(() => seen(ben.client)).toEqual(['participant:muted']);
    expect((await hub.api.session(session.id)).participantCount).toBe(2);
  });

  test('H3 a socket that comes back in time is the same participant, and has missed nothing', async () => {
    const anna = await joined('Anna', await patient());
    await anna.client.ask('participant:mute', { muted: true });
    anna.client.close();
    const ben = await joined('Ben');
    const back = await hubs.connect(other, anna.token);
    const reply = await back.join(2);
    expect(reply.events.map(({ type }) => type)).toEqual(['participant:muted', 'participant:joined']);
    expect(reply.me.muted).toBe(true);
    expect(mixer.commands.at(-1)).toMatchObject({ name: 'participant:mute', body: { muted: true } });
    expect(seen(ben.client)).toEqual([]);
  });

  test('H3 one that does not has left, and its mixer is told', async () => {
    const anna = await joined('Anna');
    const ben = await joined('Ben', other);
    anna.client.close();
    await expect.poll(() => seen(ben.client)).toEqual(['participant:left']);
    expect(ben.client.events[0]?.data).toMatchObject({ reason: 'disconnected', name: 'Anna' });
    const { participantId } = anna;
    const leaves = () =>
      mixer.commands.filter(
        ({ name, body }) => name === 'participant:leave' && body['participantId'] === participantId,
      );
    await expect.poll(leaves).toHaveLength(1);
    const again = await hubs.connect(hub, anna.token);
    expect((await again.join()).session.participantCount).toBe(2);
  });

  test('H3 the others see it away meanwhile, at every hub, and back when it is', async () => {
    const anna = await joined('Anna', await patient());
    const ben = await joined('Ben', other);
    const { participantId } = anna;
    anna.client.close();
    await expect.poll(() => ben.client.presences).toEqual([{ participantId, away: true }]);
    const chloe = await joined('Chloe');
    expect(chloe.reply.session.participants.map(({ away }) => away)).toEqual([true, false, false]);
    await (await hubs.connect(other, anna.token)).join();
    await expect.poll(() => ben.client.presences.at(-1)).toEqual({ participantId, away: false });
    const { participants } = await hub.api.session(session.id);
    expect(participants.map(({ away }) => away)).toEqual([false, false, false]);
  });

  test('H3 session:leave frees the seat at once, even when the page is gone before the answer', async () => {
    const anna = await joined('Anna', await patient());
    const ben = await joined('Ben');
    anna.client.socket.emit('session:leave', {});
    anna.client.close();
    await expect.poll(() => seen(ben.client)).toEqual(['participant:left']);
    expect(ben.client.events[0]?.data).toMatchObject({ reason: 'left' });
  });

  test('H4 the sockets of a hub that died are broken connections', async () => {
    const anna = await joined('Anna');
    const ben = await joined('Ben');
    const text = await hubs.redis.hget(keys.participants(session.id), anna.participantId);
    const seat = { ...(JSON.parse(text ?? '') as object), connection: 'hub_dead/x' };
    await hubs.redis.hset(keys.participants(session.id), anna.participantId, JSON.stringify(seat));
    await hubs.redis.zadd(keys.hubs, Date.now() - 1, 'hub_dead');
    await expect.poll(() => seen(ben.client)).toEqual(['participant:left']);
    expect(await hubs.redis.zscore(keys.hubs, 'hub_dead')).toBeNull();
  });

  test('a hub that stops says so, and its participants go on at another one', async () => {
    const third = await hubs.hub({ RECONNECT_GRACE_MS: '30000', MAX_PARTICIPANTS: '3' });
    const anna = await joined('Anna', third);
    await third.close();
    await expect.poll(() => anna.client.goodbyes).toEqual([{ why: 'hub-stopping' }]);
    const back = await hubs.connect(hub, anna.token);
    expect((await back.join()).me).toEqual(anna.reply.me);
    expect(await types()).toEqual(['session:created', 'participant:joined']);
  });
});

describe('H5 the end', () => {
  test('only the owner ends it, for everybody at every hub, once', async () => {
    const owner = await joined('Olga', hub, { role: 'owner', token: ownerToken });
    const ben = await joined('Ben', other);
    await expect(ben.client.ask('session:end', {})).rejects.toMatchObject({ code: 'forbidden' });
    await owner.client.ask('session:end', {});
    const goodbye = { why: 'session-ended', reason: 'ended-by-owner' };
    for (const { client } of [owner, ben]) {
      await expect.poll(() => client.goodbyes).toEqual([goodbye]);
      await expect.poll(() => client.connected).toBe(false);
    }
    const end = ['participant:left', 'participant:left', 'session:ended'];
    expect((await types()).slice(-3)).toEqual(end);
    expect(seen(ben.client)).toEqual(end);
    expect(ben.client.resets).toBe(0);
    expect(mixer.count('room:close')).toBe(1);
    const late = await hubs.connect(hub, ben.token);
    await expect(late.join()).rejects.toMatchObject({ code: 'session-ended' });
  });

  test('a session that nobody is in ends by itself', async () => {
    const idle = await hubs.hub({ SESSION_IDLE_MS: '1' });
    await expect.poll(() => types()).toEqual(['session:created', 'session:ended']);
    expect(await idle.api.session(session.id)).toMatchObject({ state: 'ended', endReason: 'idle' });
    await idle.close();
  });
});

describe('H11 facts', () => {
  test('reach everybody in order, those before the join in its answer', async () => {
    const anna = await joined('Anna');
    const ben = await joined('Ben', other);
    for (const muted of [true, false, true, false, true])
      await anna.client.ask('participant:mute', { muted });
    for (const { client, reply } of [anna, ben]) {
      const all = () => [...reply.events, ...client.events].map(({ seq }) => seq);
      await expect.poll(all).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  test('that a mixer tells reach them too; what is unreadable on the channel harms nobody', async () => {
    const anna = await joined('Anna');
    await hubs.redis.publish(keys.eventChannel, '{broken');
    await hubs.redis.publish(keys.eventChannel, JSON.stringify({ seq: 3, event: { sessionId: session.id } }));
    await hubs.redis.publish(keys.mixerSignals, JSON.stringify({ type: 'war' }));
    await hubs.redis.publish(keys.seqWanted, 'no session');
    const stale = {
      type: 'room:closed',
      mixerId: newMixerId(),
      sessionId: session.id,
      reason: 'empty',
    } as const;
    await mixer.signal(stale);
    await anna.client.ask('participant:mute', { muted: true });
    await expect.poll(() => seen(anna.client)).toEqual(['participant:muted']);
    expect(anna.client.resets).toBe(0);
  });
});

function isEmptyObject(body: unknown): boolean {
  return JSON.stringify(body) === '{}';
}
