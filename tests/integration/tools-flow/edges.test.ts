import { JobList, type SessionId } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubApi } from '../../support/HubApi.ts';
import { asker, ModelCalls, typed } from '../../support/ModelCalls.ts';
import { SignalingClient } from '../../support/SignalingClient.ts';
import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { until } from '../../support/until.ts';

let stack: Stack;
let hub: HubApi;
let model: ModelCalls;

beforeAll(async () => {
  stack = await startStack({
    tools: { scripted: 1 },
    hubEnv: { ADMIN_TOKEN: 'admin-of-the-tests', ADMIN_FOR_OWNERS: 'true' },
  });
  hub = new HubApi(stack.url);
  model = await ModelCalls.open(stack.stores.redisUrl);
});
afterAll(async () => {
  await model.close();
  await stack.close();
});

const jobsOf = async (id: SessionId) =>
  JobList.parse(await (await hub.raw(`/api/sessions/${id}/jobs`)).json()).jobs;
const jobIn = (id: SessionId, state: string) =>
  until(`a job that is ${state}`, async () => (await jobsOf(id)).find((job) => job.state === state));

/** A device of the session that has joined. */
async function device(id: SessionId, name: string, options: { role?: string; token?: string } = {}) {
  const added = await hub.addParticipant(id, name, options);
  const client = await SignalingClient.connect(stack.url, added.token);
  await client.join();
  return { ...added, client };
}

test('H25 a job is listed, and its results are handed to those who were there', async () => {
  const { session, ownerToken } = await hub.createSession();
  const id = session.id;
  await model.team(id, 'all good big 20000 cost 0.5');
  const job = await jobIn(id, 'completed');
  expect(job).toMatchObject({ number: 1, kind: 'nested_team', attempt: 1, costUsd: 0.5, truncated: true });
  expect(job.text.length).toBe(8_000);
  expect(job.endedAt).toBeGreaterThanOrEqual(job.startedAt ?? Infinity);
  const path = `/api/sessions/${id}/jobs/${job.jobId}`;
  const result = await hub.raw(`${path}/result`, { token: ownerToken });
  expect((await result.text()).length).toBe(20_009);
  expect(Object.fromEntries(result.headers)).toMatchObject({
    'content-type': 'text/markdown; charset=utf-8',
    'content-disposition': `attachment; filename=parley-${id}-job-1.md`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  expect((await hub.raw(`${path}/zip`)).headers.get('content-type')).toBe('application/zip');
  expect(await (await hub.raw(`${path}/patch`)).text()).toContain('+a note');
  for (const token of [null, (await hub.createSession()).ownerToken])
    expect((await hub.raw(`${path}/result`, { token })).ok).toBe(false);
  expect((await hub.raw(`${path}/nothing`)).status).toBe(400);
  const other = (await hub.createSession()).session.id;
  expect((await hub.raw(`/api/sessions/${other}/jobs/${job.jobId}/result`)).status).toBe(404);
});

test('T6 devices allow, steer and stop by socket, as far as they may', async () => {
  const { session, ownerToken } = await hub.createSession();
  const { id } = session;
  const [owner, listener] = await Promise.all([
    device(id, 'Olga', { role: 'owner', token: ownerToken }),
    device(id, 'Lea', { role: 'listener' }),
  ]);
  const lea = { ...asker('Lea', 'listener'), participantId: listener.participantId };
  const output = await model.team(id, 'steer', { cause: typed(lea) });
  expect(output).toMatchObject({
    job: 1,
    state: 'waits to be allowed',
    why: 'Lea is a listener, and may not ask for this',
  });
  const asked = await until('the request', () =>
    owner.client.events.find((event) => event.type === 'approval:requested'),
  );
  const { approvalId, jobId, roles } = asked.data as { approvalId: string; jobId: string; roles: string[] };
  expect(roles).toEqual(['owner']);
  await expect(listener.client.ask('approval:decide', { approvalId, approve: true })).rejects.toThrow(
    'forbidden',
  );
  expect(await owner.client.ask('approval:decide', { approvalId, approve: true })).toEqual({
    decision: 'approved',
  });
  expect(await owner.client.ask('approval:decide', { approvalId, approve: false })).toEqual({
    decision: 'approved',
  });
  await jobIn(id, 'running');
  await listener.client.ask('job:steer', { jobId, instruction: 'also add tests' });
  expect(await jobIn(id, 'completed')).toMatchObject({ text: 'also add tests' });
  await expect(owner.client.ask('job:steer', { jobId, instruction: 'too late' })).rejects.toThrow('conflict');
  await expect(owner.client.ask('job:cancel', { jobId: `j_${'2'.repeat(12)}` })).rejects.toThrow(
    'job-not-found',
  );
  await model.team(id, 'deaf', { cause: typed(asker('Olga')) });
  const second = await jobIn(id, 'running');
  await expect(listener.client.ask('job:cancel', { jobId: second.jobId })).rejects.toThrow('forbidden');
  expect(await owner.client.ask('job:cancel', { jobId: second.jobId })).toEqual({ state: 'running' });
  for (const each of [owner, listener]) each.client.close();
});

test('T6 programs do the same over HTTP', async () => {
  const { session, ownerToken: token } = await hub.createSession();
  const { id } = session;
  const post = async (path: string, json?: object, by: string | null = token) =>
    hub.raw(`/api/sessions/${id}/${path}`, { method: 'POST', token: by, json });
  await model.team(id, 'ask steer');
  const { jobId } = await jobIn(id, 'running');
  const approvalId = await until('the request', async () => {
    const [asked] = await hub.events(id, { type: 'approval:requested' });
    return asked?.type === 'approval:requested' && asked.data.approvalId;
  });
  expect((await post(`approvals/${approvalId}`, { approve: true }, null)).status).toBe(401);
  const { historyToken } = await hub.addParticipant(id, 'Reader');
  expect((await post(`jobs/${jobId}/cancel`, undefined, historyToken)).status).toBe(401);
  expect(await (await post(`approvals/${approvalId}`, { approve: true })).json()).toEqual({
    decision: 'approved',
  });
  expect((await post(`jobs/${jobId}/steer`, { instruction: ' ' })).status).toBe(400);
  expect(await (await post(`jobs/${jobId}/steer`, { instruction: 'go on' })).json()).toEqual({});
  await jobIn(id, 'completed');
  const events = await hub.events(id, { type: 'approval:decided,job:steered' });
  expect(events.map(({ data }) => data)).toMatchObject([
    { decision: 'approved', participantId: null, name: null },
    { instruction: 'go on', participantId: null },
  ]);
});

test('T13 the end of a session stops its jobs, and nobody is told', async () => {
  const { session, ownerToken } = await hub.createSession();
  const { id } = session;
  await model.team(id, 'wait 60000');
  await model.team(id, 'x', { cause: typed(asker('Lea', 'listener')) });
  await jobIn(id, 'running');
  await hub.endSession(id, ownerToken);
  const jobs = await until('both to end', async () => {
    const all = await jobsOf(id);
    return all.every(({ state }) => state === 'cancelled') && all;
  });
  expect(jobs.map(({ text }) => text)).toEqual(['The session has ended.', 'The session has ended.']);
  expect(await model.notices(id)).toEqual([]);
  const ttl = await model.redis.ttl(`parley:session:${id}:jobs`);
  expect(ttl).toBeGreaterThan(86_000);
  expect(await model.team(id, 'more')).toMatchObject({ error: 'The session has ended.' });
});

test('H24 the dashboard opens for the admin and for owners, by bearer or by cookie', async () => {
  const { session, ownerToken } = await hub.createSession();
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${stack.url}/api/admin${path}`, { headers, redirect: 'manual' });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  expect((await get('/queues/')).status).toBe(401);
  expect((await get('/queues/', { accept: 'text/html' })).status).toBe(303);
  const board = await get('/queues/', bearer('admin-of-the-tests'));
  const html = await board.text();
  expect([board.status, html]).toEqual([200, expect.stringContaining('Parley: queues')]);
  const script = /src="(static\/js\/main[^"]+)"/.exec(html)?.[1] ?? '';
  expect((await get(`/queues/${script}`, bearer(ownerToken))).status).toBe(200);
  const queues = (await (await get('/queues/api/queues', bearer(ownerToken))).json()) as {
    queues: { name: string; readOnlyMode: boolean }[];
  };
  expect(queues.queues.map(({ name, readOnlyMode }) => [name, readOnlyMode])).toEqual([
    ['desk', true],
    ['nested_team', true],
    ['code', true],
  ]);
  const participant = await hub.addParticipant(session.id, 'Olga', { role: 'owner', token: ownerToken });
  expect((await get('/dead-events', bearer(participant.token))).status).toBe(403);

  const login = (token: string) =>
    fetch(`${stack.url}/api/admin/login`, {
      method: 'POST',
      body: new URLSearchParams({ token }),
      redirect: 'manual',
    });
  expect((await login('wrong')).status).toBe(401);
  const cookie = (await login(ownerToken)).headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^parley_admin=.*; Path=\/api\/admin;.* HttpOnly; SameSite=Strict$/);
  const withCookie = { cookie: cookie.split(';')[0] ?? '' };
  expect((await get('/queues/', withCookie)).status).toBe(200);
  await hub.endSession(session.id, ownerToken);
  expect((await get('/queues/', withCookie)).status).toBe(403);
});

test('H9 events that could not be stored are shown with their reason', async () => {
  await model.redis.xadd('parley:events', '*', 'seq', '1', 'body', '{"type":"poison"}');
  const dead = await until('the writer to set it aside', async () => {
    const answer = await hub.raw('/api/admin/dead-events', { token: 'admin-of-the-tests' });
    const page = (await answer.json()) as {
      total: number;
      events: { reason: string; body: string; at: number }[];
    };
    return page.total > 0 && page;
  });
  expect(dead).toMatchObject({ total: 1, events: [{ seq: '1', body: '{"type":"poison"}' }] });
  expect(dead.events[0]?.reason).toContain('Invalid');
  const metrics = await (await fetch(`${stack.url}/metrics`)).text();
  expect(metrics).toContain('parley_events_set_aside 1');
  expect(metrics).toMatch(/parley_queue_entries\{queue="nested_team",state="active"\} \d/);
});

test('H23 commands without a tools process are refused in time', async () => {
  const [process] = stack.tools;
  await process?.stop();
  const { session, ownerToken: token } = await hub.createSession();
  const path = `/api/sessions/${session.id}/jobs/j_${'2'.repeat(12)}/cancel`;
  const answer = await hub.raw(path, { method: 'POST', token });
  expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'no-tools' } }]);
  await process?.start();
  expect((await hub.raw(path, { method: 'POST', token })).status).toBe(404);
});
