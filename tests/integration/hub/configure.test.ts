import { DEFAULT_CONVERSATION, type ConversationSettings } from '@parley/contract';
import type { FakeMixer } from '@parley/hub/testing/FakeMixer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asHubError } from '../../support/HubApi.ts';
import { Hubs, type TestHub } from './startHubs.ts';

let hubs: Hubs;
let hub: TestHub;
let other: TestHub;
let mixer: FakeMixer;

beforeAll(async () => {
  hubs = await Hubs.start();
  mixer = await hubs.mixer();
  [hub, other] = await Promise.all([hubs.hub(), hubs.hub()]);
});
afterAll(() => hubs.close());
beforeEach(() => {
  mixer.answering = () => undefined;
  mixer.commands.length = 0;
});

async function withOwner(settings?: object) {
  const { session, ownerToken } = await hub.api.createSession(settings);
  const owner = await hubs.client(hub, session, 'Anna', { role: 'owner', token: ownerToken });
  await owner.client.join();
  return { session, ownerToken, client: owner.client, id: owner.participantId };
}
const patch = (id: string, conversation: object, token?: string) =>
  hub.api.raw(`/api/sessions/${id}`, { method: 'PATCH', json: { conversation }, token });
const told = () =>
  mixer.commands.filter(({ name }) => name === 'room:configure').map(({ body }) => body['conversation']);

test('H16 the owner changes some of it: kept, told to everybody and to the room', async () => {
  const { session, client, id } = await withOwner({ conversation: { wakeNames: ['Ada'] } });
  const ben = await hubs.client(other, session, 'Ben');
  await ben.client.join();
  const reply = await client.ask('session:configure', { answer: 'addressed', followUpMs: 3_000 });
  const wanted = { ...DEFAULT_CONVERSATION, wakeNames: ['Ada'], answer: 'addressed', followUpMs: 3_000 };
  expect(reply).toEqual(wanted);
  expect(told()).toEqual([wanted]);
  await expect
    .poll(() => ben.client.events.at(-1))
    .toMatchObject({ type: 'session:configured', data: { participantId: id, conversation: wanted } });
  expect((await other.api.session(session.id)).conversation).toEqual(wanted);
});

test('H6 what is so already is no fact, but the room hears of it again', async () => {
  const { session, client } = await withOwner();
  for (let i = 0; i < 2; i += 1) await client.ask('session:configure', { answer: 'scribe' });
  expect(told()).toHaveLength(2);
  const types = (await hub.api.events(session.id)).map(({ type }) => type);
  expect(types.filter((type) => type === 'session:configured')).toHaveLength(1);
});

test('H14 only the owner may', async () => {
  const { session, ownerToken } = await withOwner();
  const { session: strange, ownerToken: theirs } = await hub.api.createSession();
  const ben = await hubs.client(hub, session, 'Ben');
  await ben.client.join();
  await expect(ben.client.ask('session:configure', { answer: 'scribe' })).rejects.toMatchObject({
    code: 'forbidden',
  });
  for (const token of [undefined, 'a.b.c', theirs, ben.token]) {
    const refused = await asHubError(await patch(session.id, { answer: 'scribe' }, token));
    expect(['bad-token', 'forbidden']).toContain(refused.code);
  }
  expect((await patch(strange.id, { answer: 'scribe' }, ownerToken)).status).toBe(403);
  expect((await hub.api.session(session.id)).conversation).toEqual(DEFAULT_CONVERSATION);
});

test.each([
  ['an unknown mode', { answer: 'sometimes' }],
  ['an unknown field', { mood: 'good' }],
  [
    'a silence of an hour',
    { turnDetection: { ...DEFAULT_CONVERSATION.turnDetection, silenceMs: 3_600_000 } },
  ],
  ['half of a field', { bargeIn: { enabled: false } }],
  ['nine names', { wakeNames: Array.from({ length: 9 }, (_, n) => `Name ${n}`) }],
])('H13 %s is refused in words and changes nothing', async (_, conversation) => {
  const { session, ownerToken, client } = await withOwner();
  expect((await asHubError(await patch(session.id, conversation, ownerToken))).code).toBe('bad-request');
  await expect(client.ask('session:configure', conversation)).rejects.toMatchObject({ code: 'bad-request' });
  expect((await hub.api.session(session.id)).conversation).toEqual(DEFAULT_CONVERSATION);
  expect(told()).toEqual([]);
});

test('by PATCH, also before anybody is there: the room then opens with it', async () => {
  const { session, ownerToken } = await hub.api.createSession();
  const response = await patch(session.id, { answer: 'push-to-talk' }, ownerToken);
  expect(await response.json()).toMatchObject({ id: session.id, conversation: { answer: 'push-to-talk' } });
  expect(mixer.commands).toEqual([]);
  const anna = await hubs.client(hub, session);
  await anna.client.join();
  expect(mixer.commands.find(({ name }) => name === 'room:open')?.body).toMatchObject({
    settings: { conversation: { answer: 'push-to-talk' } },
  });
  const events = await hub.api.events(session.id, { type: 'session:configured' });
  expect(events).toMatchObject([{ data: { participantId: null } }]);
});

test('H6 many at once, over two hubs: nothing is lost, and the room ends with what is kept', async () => {
  const { session, ownerToken } = await withOwner();
  let last: unknown;
  mixer.answering = (name, body) => {
    if (name === 'room:configure') last = body['conversation'];
    return undefined;
  };
  const changes = [
    { answer: 'addressed' },
    { followUpMs: 1 },
    { costLimitUsd: 5 },
    { wakeNames: ['Ada'] },
    { bargeIn: { enabled: false, minSpeechMs: 0 } },
  ];
  const answers = await Promise.all(
    changes.map((conversation, n) =>
      (n % 2 ? hub : other).api.raw(`/api/sessions/${session.id}`, {
        method: 'PATCH',
        json: { conversation },
        token: ownerToken,
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
  const { conversation } = await hub.api.session(session.id);
  expect(conversation).toMatchObject(Object.assign({}, ...changes) as ConversationSettings);
  expect(last).toEqual(conversation);
});

test('a mixer that does not answer: the owner reads so, the change is kept', async () => {
  const { session, ownerToken, client } = await withOwner();
  mixer.answering = (name) =>
    name === 'room:configure' ? { error: { code: 'internal', message: 'Oh.' } } : undefined;
  await expect(client.ask('session:configure', { answer: 'scribe' })).rejects.toMatchObject({
    code: 'internal',
  });
  expect((await hub.api.session(session.id)).conversation.answer).toBe('scribe');
  mixer.answering = () => undefined;
  expect((await patch(session.id, { answer: 'scribe' }, ownerToken)).status).toBe(200);
  expect(told()).toHaveLength(2);
});

test('an ended session shows how it was, and cannot be changed', async () => {
  const { session, ownerToken, client } = await withOwner();
  await client.ask('session:configure', { answer: 'scribe' });
  await hub.api.endSession(session.id, ownerToken);
  const ended = await hub.api.session(session.id);
  expect(ended).toMatchObject({ state: 'ended', conversation: { answer: 'scribe' } });
  const page = await hub.api.sessions();
  expect(page.sessions.find(({ id }) => id === session.id)?.conversation.answer).toBe('scribe');
  expect((await asHubError(await patch(session.id, { answer: 'always' }, ownerToken))).code).toBe(
    'session-ended',
  );
});
