import { newSessionId, type SessionView } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asHubError } from '../../support/HubApi.ts';
import { SignalingClient } from '../../support/SignalingClient.ts';
import { Hubs, type TestHub } from './startHubs.ts';

let hubs: Hubs;
let hub: TestHub;
let session: SessionView;
let ownerToken: string;

beforeAll(async () => {
  hubs = await Hubs.start();
  await hubs.mixer();
  hub = await hubs.hub();
});
afterAll(() => hubs.close());
beforeEach(async () => {
  ({ session, ownerToken } = await hub.api.createSession({
    systemPrompt: 'A secret',
    conversationId: 'c-1',
  }));
});

const read = (what: string, token: string | null, at = hub) =>
  at.api.raw(`/api/sessions/${session.id}${what}`, { token });
const refusal = async (answer: Promise<Response>) => {
  const { status, code } = await asHubError(await answer);
  return { status, code };
};

describe('H19 without a token', () => {
  test('there are the list and the join page, without what is private', async () => {
    const bare = (await (await read('', null)).json()) as SessionView;
    const { sessions } = await hub.api.sessions();
    for (const view of [bare, sessions.find(({ id }) => id === session.id)])
      expect(view).toMatchObject({ id: session.id, systemPrompt: '', conversationId: null, costUsd: null });
    const own = (await (await read('', ownerToken)).json()) as SessionView;
    expect(own).toMatchObject({ systemPrompt: 'A secret', conversationId: 'c-1' });
  });

  test.each(['/events', '/export?format=json', '/export?format=vtt'])('there is no %s', async (what) => {
    const { ownerToken: strange } = await hub.api.createSession();
    expect(await refusal(read(what, null))).toEqual({ status: 401, code: 'bad-token' });
    expect(await refusal(read(what, 'a.b.c'))).toEqual({ status: 401, code: 'bad-token' });
    expect(await refusal(read(what, strange))).toEqual({ status: 403, code: 'forbidden' });
  });
});

describe('H19 with a token', () => {
  test.each(['/events', '/export?format=json'])('who took part reads %s, also afterwards', async (what) => {
    const anna = await hubs.client(hub, session);
    await anna.client.join();
    const all = [ownerToken, anna.token, anna.historyToken];
    for (const token of all) expect((await read(what, token)).status).toBe(200);
    await anna.client.ask('session:leave', {});
    await hub.api.endSession(session.id, ownerToken);
    for (const token of all) expect((await read(what, token)).status).toBe(200);
  });

  test('those of the old bridge come in headers, the bodies are as they were', async () => {
    const made = await hub.api.raw('/api/realtime/session', { method: 'POST', json: {} });
    const body = (await made.json()) as { session_id: string };
    expect(Object.keys(body)).toEqual(['session_id', 'status']);
    const token = made.headers.get('x-parley-owner-token');
    expect((await hub.api.raw(`/api/sessions/${body.session_id}/events`, { token })).status).toBe(200);
    const offer = { sdp: 'v=0\r\nm=audio 9 RTP/AVP 0\r\n', type: 'offer', session_id: body.session_id };
    const joined = await hub.api.raw('/api/realtime/webrtc/bridge', { method: 'POST', json: offer });
    const history = joined.headers.get('x-parley-history-token');
    expect((await hub.api.raw(`/api/sessions/${body.session_id}/events`, { token: history })).status).toBe(
      200,
    );
  });
});

test('H19 where histories are public everybody reads them', async () => {
  const open = await hubs.hub({ PUBLIC_HISTORY: 'true' });
  expect((await read('/events', null, open)).status).toBe(200);
  await open.close();
});

describe('H21 limits', () => {
  test('sessions, participants and guesses have limits of their own, told with when to come back', async () => {
    const limited = await hubs.hub({ RATE_LIMIT_PER_MINUTE: '30' });
    const raw = (path: string, json?: object, headers: Record<string, string> = {}) =>
      limited.api.raw(path, { ...(json ? { method: 'POST', json } : {}), token: null, headers });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const statuses = async (count: number, ask: () => Promise<Response>) => {
      const answers: Response[] = [];
      for (let n = 0; n < count; n += 1) answers.push(await ask());
      const refused = answers.filter(({ status }) => status === 429);
      for (const answer of refused) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      return answers.map(({ status }) => status);
    };
    expect(await statuses(4, () => raw('/api/sessions', {}, from('9.9.9.1')))).toEqual([201, 201, 201, 429]);
    const join = `/api/sessions/${session.id}/participants`;
    const joins = await statuses(7, () => raw(join, { name: 'A' }, from('9.9.9.2')));
    expect(joins).toEqual([201, 201, 201, 201, 201, 201, 429]);
    const nobody = `/api/sessions/${newSessionId()}`;
    expect(await statuses(3, () => raw(nobody, undefined, from('9.9.9.3')))).toEqual([404, 404, 429]);
    const wrong = { ...from('9.9.9.4'), authorization: 'Bearer a.b.c' };
    const events = `/api/sessions/${session.id}/events`;
    expect(await statuses(3, () => raw(events, undefined, wrong))).toEqual([401, 401, 429]);
    expect((await raw(join, { name: 'B' }, from('9.9.9.5'))).status).toBe(201);
    await limited.close();
  });

  test('whoever shows wrong tokens to sockets is kept off, with a right one too, at every hub', async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '45' };
    const [one, two] = await Promise.all([hubs.hub(env), hubs.hub(env)]);
    const { token } = await hub.api.addParticipant(session.id, 'Anna');
    for (const at of [one, two, one])
      await expect(SignalingClient.connect(at.url, 'a.b.c')).rejects.toMatchObject({
        data: { code: 'bad-token' },
      });
    await expect(SignalingClient.connect(two.url, token)).rejects.toMatchObject({
      data: { code: 'rate-limited' },
    });
    await Promise.all([one.close(), two.close()]);
  });
});

test('H19 metrics are for this machine, and for who has their token', async () => {
  const guarded = await hubs.hub({ METRICS_TOKEN: 'measure-for-measure' });
  const get = async (headers: Record<string, string>, at = guarded) =>
    (await at.api.raw('/metrics', { headers })).status;
  const away = { 'x-forwarded-for': '9.9.9.9' };
  expect(await get({})).toBe(200);
  expect(await get(away)).toBe(403);
  expect(await get({ ...away, authorization: 'Bearer measure-for-nothing' })).toBe(403);
  expect(await get({ ...away, authorization: 'Bearer measure-for-measure' })).toBe(200);
  expect(await get({ ...away, authorization: 'Bearer undefined' }, hub)).toBe(403);
  await guarded.close();
});

test('H20 a participant is given TURN credentials of its own, and fresh ones with each join', async () => {
  const turning = await hubs.hub({
    TURN_URLS: 'turn:turn.example:3478',
    TURN_SECRET: 'a shared secret of tests',
  });
  const anna = await hubs.client(turning, session);
  const until = Math.floor(Date.now() / 1_000) + 43_200;
  for (const { iceServers } of [anna, await anna.client.join()]) {
    const [expiry, who] = iceServers[0]?.username?.split(':') ?? [];
    expect(who).toBe(anna.participantId);
    expect(Math.abs(Number(expiry) - until)).toBeLessThan(120);
    expect(iceServers[0]?.credential).toMatch(/^[\w+/]{27}=$/);
  }
  await turning.close();
});
