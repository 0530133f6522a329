import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulator, type SimulatorOptions } from './startSimulator.ts';
import { base64, quiet, rmsDbfs, voice } from './testing/sound.ts';
import { refusedUpgrade, TestClient } from './testing/TestClient.ts';

const KEY = { Authorization: 'Bearer test' };
const REALTIME = '/v1/realtime?model=gpt-realtime-2.1';
/** Answers at once, so that the tests need not wait for speech. */
const FAST = { pace: 200, firstOutputMs: 0 };

async function started(options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator.url;
}

function connected(
  url: string,
  path = REALTIME,
  headers: Record<string, string> = {},
  protocols: string[] = [],
) {
  const client = new TestClient(url + path, { headers }, protocols);
  onTestFinished(() => client.close());
  return client;
}

async function post(url: string, body: unknown, headers: Record<string, string> = KEY) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('connecting', () => {
  it('S10 a key of any kind gets a session', async () => {
    const client = connected(await started({ sessionSeconds: 60 }));
    const { session } = await client.next('session.created');
    expect(session).toMatchObject({ id: expect.stringMatching(/^sess_/), model: 'gpt-realtime-2.1' });
    const { expires_at } = session as { expires_at: number };
    expect(Math.abs(expires_at - Date.now() / 1000 - 60)).toBeLessThan(30);
  });

  it('S4 the key may come as a subprotocol, and does not go back', async () => {
    const url = await started();
    const protocols = ['realtime', 'openai-insecure-api-key.ek_1', 'openai-agents-sdk.1'];
    const client = connected(url, REALTIME, { Authorization: '' }, protocols);
    await client.next('session.created');
    expect(client.socket.protocol).toBe('realtime');
  });

  it.each([
    ['no key', {}, null],
    ['an empty key', { Authorization: 'Bearer ' }, null],
    ['the invalid key', { Authorization: 'Bearer invalid' }, 'invalid_api_key'],
    ['another scheme', { Authorization: 'Basic abc' }, null],
  ])('S4 %s: 401 with a JSON error', async (_name, headers, code) => {
    const refused = await refusedUpgrade((await started()) + REALTIME, { headers });
    expect(refused).toMatchObject({
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: { error: { type: 'invalid_request_error', code, message: expect.any(String) } },
    });
  });

  it.each([
    ['/v1/realtime', 400, 'missing_model'],
    ['/v1/realtime?model=a&intent=transcription', 400, 'invalid_request'],
    ['/v1/realtime?intent=chat', 400, 'invalid_value'],
    ['/v1/realtime?call_id=rtc_1', 404, 'call_id_not_found'],
    ['/v1/realtime?call_id=rtc_1&model=a', 400, 'invalid_request'],
    ['/v1/realtime?model=a&scenario=nobody', 400, 'invalid_value'],
    ['/v1/realtime?model=a&scenario=..%2F..%2Fpackage', 400, 'invalid_value'],
    ['/v2/realtime?model=a', 404, null],
  ])('S1 %s: %i', async (path, status, code) => {
    const refused = await refusedUpgrade((await started()) + path, { headers: KEY });
    expect(refused).toMatchObject({ status, body: { error: { code } } });
  });

  it('S5 the beta header is told that beta is over', async () => {
    const client = connected(await started(), REALTIME, { 'OpenAI-Beta': 'realtime=v1' });
    expect(await client.next('error')).toMatchObject({ error: { code: 'beta_api_shape_disabled' } });
    expect(await client.closed).toEqual({
      code: 4000,
      reason: 'invalid_request_error.beta_api_shape_disabled',
    });
  });

  it('S1 intent=transcription opens a transcription session', async () => {
    const client = connected(await started(), '/v1/realtime?intent=transcription');
    expect(await client.next('session.created')).toMatchObject({ session: { type: 'transcription' } });
  });
});

describe('the end', () => {
  it('S15 of the session: an error, then 1001', async () => {
    const client = connected(await started({ sessionSeconds: 0.2 }));
    expect(await client.next('error')).toMatchObject({
      error: { code: 'session_expired', message: expect.stringContaining('maximum duration of 0.2 seconds') },
    });
    expect((await client.closed).code).toBe(1001);
  });

  it('of the simulator: 1001 for everybody, and twice is harmless', async () => {
    const simulator = await startSimulator();
    const client = connected(simulator.url);
    await client.next('session.created');
    await Promise.all([simulator.close(), simulator.close()]);
    expect((await client.closed).code).toBe(1001);
  });

  it('of the simulator does not wait for a client that no longer reads', async () => {
    const simulator = await startSimulator();
    const client = connected(simulator.url);
    await client.next('session.created');
    client.socket.pause();
    await simulator.close();
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('of a client in the middle of an answer leaves the others alone', async () => {
    const url = await started({ scenario: { pace: 20 } });
    const [gone, stays] = [connected(url), connected(url)];
    await Promise.all([gone.next('session.created'), stays.next('session.created')]);
    for (const client of [gone, stays]) client.send({ type: 'response.create' });
    await gone.next('response.output_audio.delta');
    gone.close();
    expect(await stays.next('response.done')).toMatchObject({ response: { status: 'completed' } });
  });
});

describe('S2 S3 S36 messages', () => {
  it('binary and broken ones are errors, more than 32 MiB closes with 1009', async () => {
    const client = connected(await started());
    await client.next('session.created');
    client.socket.send(Buffer.from([1, 2, 3]));
    expect(await client.next('error')).toMatchObject({ error: { code: 'invalid_json' } });
    client.socket.send('{');
    await client.next('error');
    client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(22 * 1024 * 1024) });
    expect(await client.next('error')).toMatchObject({ error: { code: 'string_above_max_length' } });
    client.send({ type: 'session.update', session: { type: 'realtime' } });
    await client.next('session.updated');
    client.socket.send('A'.repeat(33 * 1024 * 1024));
    expect((await client.closed).code).toBe(1009);
  });
});

describe('scenarios on the wire', () => {
  it('S60 drop breaks the connection without a close frame', async () => {
    const client = connected(await started(), `${REALTIME}&scenario=drop`);
    await client.next('session.created');
    client.send({ type: 'response.create' });
    expect((await client.closed).code).toBe(1006);
    expect(client.events.filter(({ type }) => type === 'response.output_audio.delta')).toHaveLength(7);
  });

  it('S60 duplicates have the same event ID', async () => {
    const client = connected(await started(), REALTIME, { 'x-simulator-scenario': 'duplicates' });
    await client.next('session.created');
    client.send({ type: 'response.create' });
    const first = await client.next('response.created');
    expect((await client.next('response.created'))['event_id']).toBe(first['event_id']);
  });

  it('S60 malformed texts come between the events', async () => {
    const faults = [{ at: { event: 'response.created' }, do: { what: 'malformed' as const } }];
    const client = connected(await started({ scenario: { ...FAST, faults } }));
    await client.next('session.created');
    client.send({ type: 'response.create' });
    await client.next('response.done');
    expect(client.texts).toContain('{"type":"response.output_');
  });

  it('S15 a session can expire at an event', async () => {
    const faults = [{ at: { event: 'response.done' }, do: { what: 'expire' as const } }];
    const client = connected(await started({ scenario: { ...FAST, faults } }));
    await client.next('session.created');
    client.send({ type: 'response.create' });
    expect(await client.next('error')).toMatchObject({
      error: { code: 'session_expired', message: expect.stringContaining('60 minutes') },
    });
    expect((await client.closed).code).toBe(1001);
  });

  it('429 at the door, for as often as the scenario says', async () => {
    const url = await started({ scenario: { refuse: { status: 429, times: 2 } } });
    for (let i = 0; i < 2; i += 1)
      expect(await refusedUpgrade(url + REALTIME, { headers: KEY })).toMatchObject({
        status: 429,
        headers: { 'retry-after': '1' },
        body: { error: { code: 'rate_limit_exceeded' } },
      });
    await connected(url).next('session.created');
  });

  it('S61 a wrong scenario stops the start', async () => {
    await expect(startSimulator({ scenario: 'nobody' })).rejects.toThrow("no scenario 'nobody'");
  });
});

describe('HTTP', () => {
  it('/healthz needs no key and counts connections', async () => {
    const url = await started();
    const client = connected(url);
    await client.next('session.created');
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok', connections: 1 });
  });

  it('S6 a client secret carries its session', async () => {
    const url = await started();
    const session = { type: 'realtime', model: 'gpt-realtime-2', instructions: 'Be brief.' };
    const { body } = await post(`${url}/v1/realtime/client_secrets`, {
      expires_after: { seconds: 30 },
      session,
    });
    expect(body).toMatchObject({
      value: expect.stringMatching(/^ek_/),
      session: { object: 'realtime.session', ...session },
    });
    expect(Math.abs(Number(body['expires_at']) - Date.now() / 1000 - 30)).toBeLessThan(20);
    for (let i = 0; i < 2; i += 1) {
      const headers = { Authorization: `Bearer ${String(body['value'])}` };
      expect(await connected(url, '/v1/realtime', headers).next('session.created')).toMatchObject({
        session,
      });
    }
  });

  it.each([
    ['client_secrets', { session: { type: 'realtime', temperature: 1 } }, 400, 'unknown_parameter'],
    ['client_secrets', { expires_after: { seconds: 5 } }, 400, 'invalid_value'],
    ['client_secrets', '{"session":', 400, 'invalid_json'],
    [
      'client_secrets',
      { session: { type: 'realtime', instructions: 'x'.repeat(2e6) } },
      413,
      'body_too_large',
    ],
    ['calls', {}, 400, 'unsupported_content_type'],
    ['calls/rtc_1/hangup', {}, 404, 'call_id_not_found'],
    ['calls/rtc_1/accept', {}, 501, 'not_supported'],
    ['translations', {}, 501, 'not_supported'],
    ['somewhere', {}, 404, null],
  ])('S1 S6 POST /v1/realtime/%s: %#', async (path, body, status, code) => {
    const answer = await post(`${await started()}/v1/realtime/${path}`, body);
    expect(answer).toMatchObject({ status, body: { error: { code, message: expect.any(String) } } });
  });

  it('S4 POST without a key: 401', async () => {
    expect(await post(`${await started()}/v1/realtime/client_secrets`, {}, {})).toMatchObject({
      status: 401,
    });
  });

  it('a port that is taken is an error of the start', async () => {
    const url = await started();
    await expect(startSimulator({ port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
  });
});

describe('S70 inspection', () => {
  it('is not there unless it is turned on', async () => {
    const response = await fetch(`${await started()}/simulator/connections`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'not-found' } });
  });

  it('shows what came, when, and what was said', async () => {
    const url = await started({ inspect: true, scenario: FAST });
    const client = connected(url);
    await client.next('session.created');
    const appends = [voice(100), voice(300), quiet(600)];
    for (const part of appends) client.send({ type: 'input_audio_buffer.append', audio: base64(part) });
    await client.next('response.done');
    const get = async (path: string) => (await fetch(`${url}/simulator/connections${path}`)).json();
    const list = (await get('')) as { connections: { id: string }[] };
    expect(list.connections).toMatchObject([{ inputMs: 1000, closedAt: null, model: 'gpt-realtime-2.1' }]);
    const id = list.connections[0]?.id ?? '';
    const arrivals = (await get(`/${id}/appends`)) as { appends: { atMs: number }[] };
    expect(arrivals.appends).toMatchObject([
      { samples: 2400, start: 0 },
      { samples: 7200, start: 2400 },
      { samples: 14_400, start: 9600 },
    ]);
    expect((await get(`/${id}/events`)) as object).toMatchObject({
      events: appends.map(() => ({ event: { type: 'input_audio_buffer.append' } })),
    });
    const sent = (await get(`/${id}/sent`)) as { events: unknown[] };
    expect(sent.events[0]).toMatchObject({ event: { type: 'session.created' } });
    const input = await wav(`${url}/simulator/connections/${id}/input.wav`);
    expect(input).toEqual(Int16Array.from(appends.flatMap((part) => [...part])));
    const output = await wav(`${url}/simulator/connections/${id}/output.wav`);
    expect(output.length / 24_000).toBeGreaterThan(4);
    expect(rmsDbfs(output)).toBeGreaterThan(-26);
    expect(await get('/conn_unknown')).toMatchObject({ error: { code: 'not-found' } });
  });
});

async function wav(url: string): Promise<Int16Array> {
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer()).subarray(44);
  return Int16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2));
}
