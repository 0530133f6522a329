import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulator, type SimulatorOptions } from '../startSimulator.ts';
import { CallClient } from '../testing/CallClient.ts';
import { quiet, voice } from '../testing/sound.ts';
import { TestClient } from '../testing/TestClient.ts';

const KEY = { Authorization: 'Bearer test' };
const SHORT = { pace: 200, firstOutputMs: 0, transcriptionMs: 0 };

async function started(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ inspect: true, scenario: SHORT, ...options });
  onTestFinished(() => simulator.close());
  return simulator.url;
}

async function makeClient() {
  const client = await CallClient.make();
  onTestFinished(() => client.close());
  return client;
}

/** The unified way: server key, form with the offer and the session. */
async function called(url: string, session: Record<string, unknown> = {}) {
  const client = await makeClient();
  const form = new FormData();
  form.set('sdp', client.offer);
  form.set('session', JSON.stringify({ type: 'realtime', model: 'gpt-realtime-2.1', ...session }));
  const response = await fetch(`${url}/v1/realtime/calls`, { method: 'POST', headers: KEY, body: form });
  expect(response.status).toBe(201);
  await client.accept(await response.text());
  const location = response.headers.get('location') ?? '';
  return { client, location, id: location.split('/').at(-1) ?? '' };
}

describe('S80 an offer', () => {
  it('with a client secret, as SDP alone: 201, a location, and an answer of the provider’s shape', async () => {
    const url = await started();
    const secret = (await (
      await fetch(`${url}/v1/realtime/client_secrets`, {
        method: 'POST',
        headers: { ...KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ session: { type: 'realtime', model: 'gpt-realtime-2', instructions: 'Hi.' } }),
      })
    ).json()) as { value: string };
    const client = await makeClient();
    const response = await fetch(`${url}/v1/realtime/calls`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret.value}`, 'content-type': 'application/sdp' },
      body: client.offer,
    });
    const answer = await response.text();
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toContain('application/sdp');
    expect(response.headers.get('location')).toMatch(/^\/v1\/realtime\/calls\/rtc_\w+$/);
    expect(answer.endsWith('\r\n')).toBe(true);
    for (const line of [
      /^a=group:BUNDLE 0 1\r$/m,
      /^a=ice-lite\r$/m,
      /^a=setup:active\r$/m,
      /^a=rtpmap:\d+ opus\/48000\/2\r$/im,
      /^a=msid:realtimeapi audio\r$/m,
      /^a=sctp-port:5000\r$/m,
      /^a=candidate:.* 127\.0\.0\.1 \d+ typ host/m,
    ])
      expect(answer).toMatch(line);
    expect(answer).not.toMatch(/a=setup:(actpass|passive)/);
    await client.accept(answer);
    expect(await client.next('session.created')).toMatchObject({
      session: { model: 'gpt-realtime-2', instructions: 'Hi.' },
    });
  });

  it.each([
    ['no SDP', 'hello', 'invalid_offer'],
    ['nothing in it', 'v=0\r\n', 'invalid_offer'],
  ])('%s: 400 in words', async (_name, body, code) => {
    const response = await fetch(`${await started()}/v1/realtime/calls`, {
      method: 'POST',
      headers: { ...KEY, 'content-type': 'application/sdp' },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code, message: expect.any(String) } });
  });

  it('a form without an offer, or with a session that is wrong: 400', async () => {
    const url = await started();
    const post = async (fields: Record<string, string>) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return (await fetch(`${url}/v1/realtime/calls`, { method: 'POST', headers: KEY, body })).json();
    };
    expect(await post({})).toMatchObject({ error: { code: 'missing_required_parameter' } });
    expect(await post({ sdp: 'v=0', session: '[' })).toMatchObject({ error: { code: 'invalid_json' } });
    expect(await post({ sdp: 'v=0', session: '{"type":"realtime","temperature":1}' })).toMatchObject({
      error: { code: 'unknown_parameter' },
    });
  });

  it('S84 a page of another origin may ask', async () => {
    const url = await started();
    const preflight = await fetch(`${url}/v1/realtime/calls`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://example.org', 'Access-Control-Request-Headers': 'authorization' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
  });
});

describe('a call', () => {
  it('S81 S82 hears a turn and answers it aloud, in real time, in the provider’s order', async () => {
    const url = await started({ scenario: { ...SHORT, turns: [{ reply: { say: 'twenty-one' } }] } });
    const { client, id } = await called(url);
    await client.next('session.created');
    client.say(quiet(200));
    client.say(voice(600));
    client.say(quiet(700));
    const { audio_start_ms } = await client.next('input_audio_buffer.speech_started');
    expect(Number(audio_start_ms)).toBeLessThan(200);
    await client.next('response.created');
    const from = performance.now();
    await client.next('output_audio_buffer.started');
    await client.next('output_audio_buffer.stopped');
    const tookMs = performance.now() - from;
    const { connections } = (await (await fetch(`${url}/simulator/connections`)).json()) as {
      connections: { id: string; transport: string; inputMs: number; outputMs: number }[];
    };
    expect(connections).toMatchObject([{ id, transport: 'webrtc', inputMs: 1_500 }]);
    const outputMs = connections[0]?.outputMs ?? 0;
    expect(client.heardMs / outputMs).toBeGreaterThan(0.8);
    expect(client.heardMs - outputMs).toBeLessThanOrEqual(60);
    // Made at once (`pace` 200), played as it is heard; when this process is late its clock begins late.
    expect(tookMs / outputMs).toBeGreaterThan(0.4);
    const order = client.types();
    expect(order).not.toContain('response.output_audio.delta');
    const places = [
      'response.content_part.added',
      'output_audio_buffer.started',
      'response.done',
      'output_audio_buffer.stopped',
    ].map((type) => order.indexOf(type));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('S82 cancelled and cleared: silent at once, truncated by the server where it was cut', async () => {
    const { client } = await called(await started());
    await client.next('session.created');
    client.send({ type: 'response.create' });
    const { response_id } = await client.next('output_audio_buffer.started');
    // All of it is made, hardly any was heard: what is made later would be heard after all.
    await expect.poll(() => client.types()).toContain('response.done');
    client.send({ type: 'output_audio_buffer.clear' });
    expect(await client.next('output_audio_buffer.cleared')).toMatchObject({ response_id });
    const { item_id, audio_end_ms } = await client.next('conversation.item.truncated');
    expect(Number(audio_end_ms)).toBeLessThan(3_000);
    client.send({ type: 'conversation.item.retrieve', item_id });
    const { item } = await client.next('conversation.item.retrieved');
    const { content } = item as { content: { type: string; transcript?: unknown }[] };
    expect(content[0]?.type).toBe('output_audio');
    expect(content[0]?.transcript ?? null).toBeNull();
    const heardMs = client.heardMs;
    expect(heardMs - Number(audio_end_ms)).toBeLessThanOrEqual(60);
    client.send({ type: 'response.create' });
    await client.next('output_audio_buffer.started');
  });

  it('S32 S82 speech over an answer interrupts and silences it', async () => {
    const { client } = await called(await started());
    await client.next('session.created');
    client.send({ type: 'response.create' });
    await client.next('output_audio_buffer.started');
    client.say(voice(400));
    await client.next('input_audio_buffer.speech_started');
    await client.next('output_audio_buffer.cleared');
  });

  it('ends by hang-up, and then is gone', async () => {
    const url = await started();
    const { client, location } = await called(url);
    await client.next('session.created');
    const gone = client.peer.sctpTransport?.sctp.stateChanged.closed.asPromise();
    const hangUp = () => fetch(`${url}${location}/hangup`, { method: 'POST', headers: KEY });
    expect((await hangUp()).status).toBe(200);
    await gone;
    expect((await hangUp()).status).toBe(404);
  });

  it('S15 expires with an error', async () => {
    const { client } = await called(await started({ sessionSeconds: 1 }));
    await client.next('session.created');
    expect(await client.next('error')).toMatchObject({ error: { code: 'session_expired' } });
  });

  it('ends when the client hangs up', async () => {
    const url = await started();
    const { client } = await called(url);
    await client.next('session.created');
    const sideband = new TestClient(`${url}/v1/realtime?call_id=${(await called(url)).id}`);
    onTestFinished(() => sideband.close());
    await sideband.next('session.created');
    await client.close();
    await expect
      .poll(async () => (await fetch(`${url}/healthz`)).json())
      .toEqual({ status: 'ok', connections: 1 });
  });
});

describe('S83 a sideband', () => {
  it('sees the same events, without audio, speaks for the call, and ends with it', async () => {
    const url = await started();
    const { client, id, location } = await called(url);
    await client.next('session.created');
    const sideband = new TestClient(`${url}/v1/realtime?call_id=${id}`);
    onTestFinished(() => sideband.close());
    await sideband.next('session.created');
    sideband.send({ type: 'session.update', session: { type: 'realtime', instructions: 'From aside.' } });
    expect(await client.next('session.updated')).toMatchObject({
      session: { instructions: 'From aside.' },
    });
    const same = await sideband.next('session.updated');
    expect(same['event_id']).toBe(client.events.at(-1)?.['event_id']);
    client.send({ type: 'response.create' });
    await sideband.next('output_audio_buffer.started');
    expect(sideband.events.map(({ type }) => type)).not.toContain('response.output_audio.delta');
    await fetch(`${url}${location}/hangup`, { method: 'POST', headers: KEY });
    expect((await sideband.closed).code).toBe(1000);
  });
});
