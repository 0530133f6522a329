import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { eventPlace, keys, newEventId, newSessionId } from '@parley/contract';
import type { SessionId } from '@parley/contract';
import { SequencedLog } from '@parley/kit/sequencedLog';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asHubError } from '../../support/HubApi.ts';
import { event, note, upTo } from './EventBench.ts';
import { Hubs } from './startHubs.ts';
import type { TestHub } from './startHubs.ts';

let hubs: Hubs;
let hub: TestHub;
let log: SequencedLog;

beforeAll(async () => {
  hubs = await Hubs.start();
  await hubs.mixer();
  hub = await hubs.hub();
  log = new SequencedLog(hubs.redis);
});
afterAll(() => hubs.close());

const append = (body: ReturnType<typeof event>) => log.append(eventPlace(body.sessionId, body.id), body);

describe('the list', () => {
  test('has the live ones first, then those that ended, page by page, each once', async () => {
    const made: { id: SessionId; ownerToken: string }[] = [];
    for (const n of upTo(7)) {
      const { session, ownerToken } = await hub.api.createSession({ title: `Number ${n}` });
      made.push({ id: session.id, ownerToken });
    }
    for (const { id, ownerToken } of made.slice(0, 4))
      expect((await hub.api.endSession(id, ownerToken)).status).toBe(204);
    const listed: { id: SessionId; state: string }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await hub.api.sessions(`?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      expect(page.sessions.length).toBeLessThanOrEqual(2);
      listed.push(...page.sessions);
      cursor = page.nextCursor;
    }
    const newestFirst = made.map(({ id }) => id).toReversed();
    expect(listed.map(({ id }) => id)).toEqual(newestFirst);
    expect(listed.map(({ state }) => state)).toEqual([
      ...upTo(3).map(() => 'live'),
      ...upTo(4).map(() => 'ended'),
    ]);
  });

  test('says who is in', async () => {
    const { session } = await hub.api.createSession({ title: 'Full of life' });
    const { client } = await hubs.client(hub, session, 'Anna');
    await client.join();
    const { sessions } = await hub.api.sessions();
    expect(sessions[0]).toMatchObject({ participantCount: 1, participants: [{ name: 'Anna' }] });
  });
});

describe('H12 history', () => {
  test('is whole, in order and up to date while the writer has written nothing, or half of it', async () => {
    await hubs.redis.set(keys.eventWriter, 'nobody', 'PX', 60_000);
    const idle = await hubs.hub();
    await hub.close();
    const { session, ownerToken } = await idle.api.createSession();
    for (const _ of upTo(20)) await append(note(session.id));
    const page = await idle.api.raw(`/api/sessions/${session.id}/events?after=5&limit=7`);
    const { events, nextAfter } = (await page.json()) as { events: { seq: number }[]; nextAfter: number };
    expect([events.map(({ seq }) => seq), nextAfter]).toEqual([[6, 7, 8, 9, 10, 11, 12], 12]);
    await idle.api.endSession(session.id, ownerToken);
    expect(await idle.api.session(session.id)).toMatchObject({ state: 'ended', endReason: 'ended-by-owner' });
    expect((await idle.api.export(session.id, 'ndjson')).text.trim().split('\n')).toHaveLength(22);
    await hubs.redis.del(keys.eventWriter);
    await expect.poll(() => hubs.redis.xlen(keys.events)).toBe(0);
    expect((await idle.api.events(session.id)).map(({ seq }) => seq)).toEqual(upTo(22));
    await hubs.redis.set(keys.eventWriter, 'nobody', 'PX', 2_000);
    await append(note(session.id));
    expect((await idle.api.events(session.id)).map(({ seq }) => seq)).toEqual(upTo(23));
    hub = idle;
  });

  test('can be asked by type, and of what is unknown', async () => {
    const { session } = await hub.api.createSession();
    const { client } = await hubs.client(hub, session, 'Anna');
    await client.join();
    await client.ask('session:leave', {});
    const types = async (type: string) =>
      (await hub.api.events(session.id, { type })).map((each) => each.type);
    expect(await types('participant:left')).toEqual(['participant:left']);
    expect(await types('participant:joined,session:created')).toEqual([
      'session:created',
      'participant:joined',
    ]);
    expect(await types('tool:called')).toEqual([]);
    await expect(hub.api.events(newSessionId())).rejects.toMatchObject({ code: 'session-not-found' });
  });

  test('can be taken away in four formats', async () => {
    const { session } = await hub.api.createSession({ title: 'Takeaway <b>' });
    const { client, participantId } = await hubs.client(hub, session, 'Anna');
    await client.join();
    const speakers = [{ participantId, name: 'Anna', share: 1 }];
    const turn = {
      itemId: 'i',
      text: 'Two & two',
      failure: null,
      startMs: 100,
      endMs: 1_100,
      speakers,
      overlap: 0,
      answer: 'asked' as const,
    };
    await append(event(session.id, 'turn:completed', turn));
    const open = async (format: 'json' | 'ndjson' | 'md' | 'vtt') => {
      const response = await hub.api.raw(`/api/sessions/${session.id}/export?format=${format}`);
      expect(response.headers.get('content-disposition')).toBe(
        `attachment; filename=parley-${session.id}.${format}`,
      );
      return `${response.headers.get('content-type')}\n${await response.text()}`;
    };
    const json = await open('json');
    const parsed = JSON.parse(json.slice(json.indexOf('\n'))) as {
      session: object;
      events: { seq: number }[];
    };
    expect(parsed.session).toMatchObject({ id: session.id });
    expect(parsed.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect((await open('ndjson')).split('\n').filter(Boolean)).toHaveLength(4);
    expect(await open('md')).toMatch(/^text\/markdown; charset=utf-8\n# Takeaway \\<b\\>[^]*\*\*Anna\*\* /);
    expect(await open('vtt')).toMatch(
      /^text\/vtt; charset=utf-8\nWEBVTT\n[^]*\n00:00:00\.100 --> 00:00:01\.100\n<v Anna>Two &amp; two<\/v>\n$/,
    );
  });
});

describe('a session that Redis has lost', () => {
  test('is still read, and can take facts', async () => {
    const id = newSessionId();
    await hubs.redis.publish(keys.seqWanted, id);
    await expect.poll(() => hubs.redis.get(keys.seq(id))).toBe('0');
    await append({ ...note(id), id: newEventId() });
    await expect.poll(async () => (await hub.api.session(id)).state).toBe('ended');
    expect(await hub.api.events(id)).toHaveLength(1);
  });
});

describe('limits', () => {
  test('too many requests are told when to come back, at every hub', async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '30' };
    const [one, two] = await Promise.all([hubs.hub(env), hubs.hub(env)]);
    const made = [
      await one.api.createSession(),
      await two.api.createSession(),
      await one.api.createSession(),
    ];
    const refused = await two.api.raw('/api/sessions', { method: 'POST', json: {} });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await asHubError(refused)).toMatchObject({ status: 429, code: 'rate-limited' });
    const id = made[0]?.session.id ?? newSessionId();
    await one.api.addParticipant(id, 'Anna');
    expect((await one.api.session(id)).state).toBe('live');
    await Promise.all([one.close(), two.close()]);
  });

  test('pages of other origins may call only when allowed by name', async () => {
    const open = await hubs.hub({ ALLOWED_ORIGINS: 'https://page.example' });
    const ask = (origin: string) => open.api.raw('/api/sessions', { method: 'OPTIONS', headers: { origin } });
    const allowed = await ask('https://page.example');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://page.example',
    ]);
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    await open.close();
  });
});

describe('health', () => {
  test('is told in words', async () => {
    expect(await (await hub.api.raw('/healthz')).json()).toEqual({ status: 'ok' });
    const ready = await hub.api.raw('/readyz');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      checks: { redis: { ok: true }, postgres: { ok: true }, mixer: { message: '1 of 1 can take a room.' } },
    });
    const lone = await Hubs.start();
    const alone = await lone.hub();
    const refused = await alone.api.raw('/readyz');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({
      checks: { mixer: { ok: false } },
      error: {
        code: 'not-ready',
        message: 'mixer: No voice server is running. Start a mixer, or try again in a moment.',
      },
    });
    await lone.close();
  });

  test('is counted', async () => {
    const metrics = await (await hub.api.raw('/metrics')).text();
    for (const name of [
      'parley_http_request_seconds_count{route="POST /api/sessions/",status="201"}',
      'parley_events_written_total',
      'parley_events_waiting',
      'parley_sockets',
      'parley_mixer_command_seconds_count{command="participant:join",outcome="ok"}',
    ])
      expect(metrics).toContain(name);
  });
});

describe('the page', () => {
  test('is handed on with its WebSockets, under headers that protect it', async () => {
    const web = createServer((req, res) =>
      res.end(`page ${req.url} ${String(req.headers['x-forwarded-host'])}`),
    );
    web.on('upgrade', (_req, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    const front = await hubs.hub({ WEB_URL: `http://127.0.0.1:${(web.address() as AddressInfo).port}` });
    const page = await front.api.raw('/s/k7fm-2xqd?x=1');
    expect(await page.text()).toBe(`page /s/k7fm-2xqd?x=1 ${new URL(front.url).host}`);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('x-powered-by')).toBeNull();
    const hello = (path: string) =>
      `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    const socket = connect(Number(new URL(front.url).port), '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.write(hello('/_next/hmr'));
    await expect.poll(() => heard).toContain('101 Switching');
    socket.write('echo');
    await expect.poll(() => heard).toMatch(/echo$/);
    const refused = connect(Number(new URL(front.url).port), '127.0.0.1');
    refused.write(hello('/api/x'));
    const [answer] = (await once(refused, 'data')) as [Buffer];
    expect(answer.toString()).toContain('404 Not Found');
    await front.close();
    web.close();
  });

  test('that is not there is told in words, to people and to programs', async () => {
    const html = await hub.api.raw('/', { headers: { accept: 'text/html' } });
    expect([html.status, html.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(await html.text()).toContain('The page is not there yet');
    expect(await asHubError(await hub.api.raw('/'))).toMatchObject({ code: 'web-unavailable' });
  });
});
