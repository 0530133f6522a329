import type { FakeMixer } from '@parley/hub/testing/FakeMixer';
import type { ParticipantId, SessionView } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asHubError } from '../../support/HubApi.ts';
import { Hubs, type TestHub } from './startHubs.ts';

let hubs: Hubs;
let hub: TestHub;
let other: TestHub;
let mixer: FakeMixer;
let session: SessionView;
let ownerToken: string;

beforeAll(async () => {
  hubs = await Hubs.start();
  mixer = await hubs.mixer();
  const env = { RECONNECT_GRACE_MS: '300' };
  [hub, other] = await Promise.all([hubs.hub(env), hubs.hub(env)]);
});
afterAll(() => hubs.close());
beforeEach(async () => {
  ({ session, ownerToken } = await hub.api.createSession());
  mixer.answering = () => undefined;
  mixer.commands.length = 0;
});

async function joined(name: string, at = hub, role?: { role: string; token?: string }) {
  const added = await hubs.client(at, session, name, role);
  return { ...added, reply: await added.client.join() };
}
const owner = () => joined('Olga', hub, { role: 'owner', token: ownerToken });
const path = (participant = '') =>
  `/api/sessions/${session.id}${participant && `/participants/${participant}`}`;
const last = async (type: string) => (await hub.api.events(session.id, { type })).at(-1)?.data;
const mutes = () => mixer.commands.filter(({ name }) => name === 'participant:mute').map(({ body }) => body);

describe('H17 a leave is final', () => {
  test('its token resumes nothing, at any hub; a new one does', async () => {
    const anna = await joined('Anna');
    await anna.client.ask('session:leave', {});
    const again = await hubs.connect(other, anna.token);
    await expect(again.join()).rejects.toMatchObject({ code: 'bad-token' });
    expect((await hub.api.session(session.id)).participantCount).toBe(0);
    await joined('Anna');
  });

  test('but one that lost its connection for too long may come back by it', async () => {
    const anna = await joined('Anna');
    anna.client.close();
    await expect.poll(() => last('participant:left')).toBeDefined();
    await (await hubs.connect(other, anna.token)).join();
    expect((await hub.api.session(session.id)).participantCount).toBe(1);
  });
});

describe('H18 kick', () => {
  test('somebody at another hub is out, told so, and cannot come back by the same token', async () => {
    const olga = await owner();
    const ben = await joined('Ben', other);
    await olga.client.ask('participant:remove', { participantId: ben.participantId });
    await expect.poll(() => ben.client.goodbyes).toEqual([{ why: 'removed' }]);
    await expect.poll(() => ben.client.connected).toBe(false);
    expect(await last('participant:left')).toEqual({
      participantId: ben.participantId,
      name: 'Ben',
      reason: 'removed',
      by: olga.participantId,
    });
    expect(mixer.count('participant:leave')).toBe(1);
    const again = await hubs.connect(hub, ben.token);
    await expect(again.join()).rejects.toMatchObject({ code: 'removed' });
    await expect(again.ask('media:resume', { consumerId: 'c' })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('what they may no longer hear they may not read either, also when it is over', async () => {
    const ben = await joined('Ben');
    const gone = await hub.api.raw(path(ben.participantId), { method: 'DELETE', token: ownerToken });
    expect(gone.status).toBe(204);
    const read = async () => {
      const tokens = [ben.token, ben.historyToken];
      const answers = tokens.map((token) => other.api.raw(`${path()}/events`, { token }));
      return Promise.all(answers.map(async (each) => (await asHubError(await each)).code));
    };
    expect(await read()).toEqual(['removed', 'removed']);
    await hub.api.endSession(session.id, ownerToken);
    expect(await read()).toEqual(['removed', 'removed']);
  });

  test('an owner that was removed is none any more', async () => {
    const olga = await owner();
    await hub.api.raw(path(olga.participantId), { method: 'DELETE', token: ownerToken });
    const end = await hub.api.endSession(session.id, olga.token);
    expect((await asHubError(end)).code).toBe('forbidden');
  });

  test('nobody removes themselves, or somebody who is not there', async () => {
    const olga = await owner();
    const remove = (participantId: ParticipantId) => olga.client.ask('participant:remove', { participantId });
    await expect(remove(olga.participantId)).rejects.toMatchObject({ code: 'bad-request' });
    const { participantId } = await hub.api.addParticipant(session.id, 'Reserved');
    await expect(remove(participantId)).rejects.toMatchObject({ code: 'participant-not-found' });
  });
});

describe('H18 lock', () => {
  test('keeps new ones out, whoever was in or owns it may come back', async () => {
    const olga = await owner();
    const ben = await joined('Ben', other);
    const chloe = await hub.api.addParticipant(session.id, 'Chloe');
    expect(await olga.client.ask('session:lock', { locked: true })).toEqual({ locked: true });
    await expect
      .poll(() => ben.client.events.at(-1))
      .toMatchObject({
        type: 'session:locked',
        data: { locked: true, by: olga.participantId },
      });
    expect((await other.api.session(session.id)).locked).toBe(true);
    await expect(other.api.addParticipant(session.id, 'Dan')).rejects.toMatchObject({
      status: 423,
      code: 'session-locked',
    });
    const late = await hubs.connect(other, chloe.token);
    await expect(late.join()).rejects.toMatchObject({ code: 'session-locked' });
    const bridge = { sdp: 'v=0\r\nm=audio 9 RTP/AVP 0\r\n', type: 'offer', session_id: session.id };
    await expect(hub.api.bridge(bridge)).rejects.toMatchObject({ code: 'session-locked' });
    ben.client.close();
    await expect.poll(() => last('participant:left')).toBeDefined();
    await (await hubs.connect(hub, ben.token)).join();
    await joined('Olga again', other, { role: 'owner', token: ownerToken });
    await olga.client.ask('session:lock', { locked: false });
    await late.join();
  });

  test('by REST, with the owner token: a fact that names nobody, once', async () => {
    const patch = (locked: boolean) =>
      hub.api.raw(path(), { method: 'PATCH', json: { locked }, token: ownerToken });
    expect(await (await patch(true)).json()).toMatchObject({ locked: true });
    await patch(true);
    const events = await hub.api.events(session.id, { type: 'session:locked' });
    expect(events.map(({ data }) => data)).toEqual([{ locked: true, by: null }]);
  });
});

describe('H18 mute', () => {
  test('what an owner takes away only an owner gives back; a reconnection keeps it', async () => {
    const olga = await owner();
    const ben = await joined('Ben', other);
    const of = { sessionId: session.id, participantId: ben.participantId };
    const silence = { participantId: ben.participantId, silenced: true };
    expect(await olga.client.ask('participant:silence', silence)).toEqual({ silenced: true });
    await ben.client.ask('participant:mute', { muted: false });
    expect(mutes()).toMatchObject([
      { ...of, muted: true, by: 'owner' },
      { ...of, muted: false, by: 'self' },
    ]);
    expect(await last('participant:silenced')).toEqual({ ...silence, name: 'Ben', by: olga.participantId });
    mixer.commands.length = 0;
    const back = await hubs.connect(hub, ben.token);
    expect((await back.join()).me).toMatchObject({ silenced: true, muted: false });
    expect(mutes()).toMatchObject([{ ...of, muted: true, by: 'owner' }]);
    const given = await other.api.raw(path(ben.participantId), {
      method: 'PATCH',
      json: { silenced: false },
      token: ownerToken,
    });
    expect(await given.json()).toEqual({ silenced: false });
    expect(mutes().at(-1)).toMatchObject({ ...of, muted: false, by: 'owner' });
  });

  test('two owners at once: the room ends up with what is kept', async () => {
    const [olga, ben] = [await owner(), await joined('Ben', other)];
    const second = await joined('Omar', other, { role: 'owner', token: ownerToken });
    const { participantId } = ben;
    await Promise.all(
      [true, false, true, false, true, false].map((silenced, n) =>
        (n % 2 ? olga : second).client.ask('participant:silence', { participantId, silenced }),
      ),
    );
    const { participants } = await hub.api.session(session.id);
    const kept = participants.find(({ id }) => id === participantId)?.silenced;
    expect(mutes().at(-1)).toMatchObject({ muted: kept });
  });
});

test('H18 others than owners may do none of it, over sockets or REST', async () => {
  const ben = await joined('Ben');
  const lisa = await joined('Lisa', hub, { role: 'listener' });
  const { participantId } = lisa;
  for (const { client, token, historyToken } of [ben, lisa]) {
    const asks = [
      client.ask('participant:remove', { participantId }),
      client.ask('participant:silence', { participantId, silenced: true }),
      client.ask('session:lock', { locked: true }),
    ];
    for (const ask of asks) await expect(ask).rejects.toMatchObject({ code: 'forbidden' });
    for (const wrong of [token, historyToken, null, (await other.api.createSession()).ownerToken]) {
      const answers = await Promise.all([
        hub.api.raw(path(participantId), { method: 'DELETE', token: wrong }),
        hub.api.raw(path(participantId), { method: 'PATCH', json: { silenced: true }, token: wrong }),
        hub.api.raw(path(), { method: 'PATCH', json: { locked: true }, token: wrong }),
      ]);
      for (const answer of answers)
        expect((await asHubError(answer)).code).toMatch(/^(bad-token|forbidden)$/);
    }
  }
  expect(await hub.api.session(session.id)).toMatchObject({ locked: false, participantCount: 2 });
});
