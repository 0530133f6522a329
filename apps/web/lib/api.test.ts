import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SESSION, joined, ADA, session } from '../features/session/testing/samples.ts';
import { addParticipant, createSession, getExport, getSession, listEvents, listSessions } from './api.ts';

const fetched = vi.fn<typeof fetch>();
beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
});
afterEach(() => void vi.unstubAllGlobals());

const answer = (body: unknown, status = 200) =>
  fetched.mockResolvedValueOnce(
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }),
  );
const addresses = () => fetched.mock.calls.map(([address]) => address);

test('an answer is checked', async () => {
  answer(session());
  await expect(getSession(SESSION)).resolves.toMatchObject({ id: SESSION });
});

describe('what goes wrong is told apart', () => {
  test.each([
    [{ error: { code: 'session-full', message: 'Full.' } }, 409, { code: 'session-full', message: 'Full.' }],
    ['<h1>Bad gateway</h1>', 502, { name: 'Unreachable' }],
    ['', 404, { code: 'not-found' }],
    ['slow down', 429, { code: 'rate-limited' }],
    [{ id: 'nonsense' }, 200, { code: 'protocol-mismatch' }],
    ['not json', 200, { code: 'protocol-mismatch' }],
  ])('%o with %i', async (body, status, expected) => {
    answer(body, status);
    await expect(getSession(SESSION)).rejects.toMatchObject(expected);
  });

  test('no network at all', async () => {
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(listSessions()).rejects.toMatchObject({ name: 'Unreachable' });
  });
});

test('the owner’s token goes in a header, never in the address', async () => {
  answer({ participantId: ADA, token: 't', historyToken: 'h', role: 'owner', iceServers: [] }, 201);
  await addParticipant(SESSION, { name: 'Ada', role: 'owner' }, 'owner-token');
  const [address, init] = fetched.mock.calls[0] ?? [];
  expect(address).toBe(`/api/sessions/${SESSION}/participants`);
  expect(new Headers(init?.headers).get('authorization')).toBe('Bearer owner-token');
  expect(init?.body).toBe('{"name":"Ada","role":"owner"}');
});

test('a session is made with what was chosen', async () => {
  answer({ session: session(), joinUrl: 'http://x/s/k7fm-2xqd', ownerToken: 'o' }, 201);
  await createSession({ voice: 'ash' });
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', body: '{"voice":"ash"}' });
});

test('events are read page by page, and a cursor that stands still ends it', async () => {
  answer({ events: [joined(1, ADA, 'Ada')], nextAfter: 1 });
  answer({ events: [joined(2, ADA, 'Ada')], nextAfter: 1 });
  await expect(listEvents(SESSION, 'history')).resolves.toHaveLength(2);
  expect(addresses()).toEqual([
    `/api/sessions/${SESSION}/events?after=0&limit=1000`,
    `/api/sessions/${SESSION}/events?after=1&limit=1000`,
  ]);
});

test('an export is fetched with the token in a header; a refusal is told', async () => {
  answer('WEBVTT');
  const blob = await getExport(SESSION, 'vtt', 'history');
  expect(await blob.text()).toBe('WEBVTT');
  expect(new Headers(fetched.mock.calls[0]?.[1]?.headers).get('authorization')).toBe('Bearer history');
  answer({ error: { code: 'bad-token', message: 'No.' } }, 401);
  await expect(getExport(SESSION, 'vtt', null)).rejects.toMatchObject({ code: 'bad-token' });
});

test('the next page of sessions is asked for by its cursor', async () => {
  answer({ sessions: [], nextCursor: null });
  await listSessions(undefined, 'a&b');
  expect(addresses()).toEqual(['/api/sessions?cursor=a%26b']);
});
