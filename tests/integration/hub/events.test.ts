import { DEFAULT_CONVERSATION, keys, newParticipantId, newSessionId } from '@parley/contract';
import { Archivist } from '@parley/hub/events/Archivist';
import { EventStream } from '@parley/hub/events/EventStream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { event, EventBench, noMeasures, note, upTo } from './EventBench.ts';
import type { EventWriter } from '@parley/hub/events/EventWriter';

let bench: EventBench;
const writers: EventWriter[] = [];
const start = (...args: Parameters<EventBench['writer']>) => {
  const writer = bench.writer(...args);
  writers.push(writer);
  writer.start();
  return writer;
};

beforeAll(async () => {
  bench = await EventBench.open();
});
afterAll(() => bench.close());
beforeEach(() => bench.redis.flushall());
afterEach(async () => {
  bench.wire.mend();
  await Promise.all(writers.splice(0).map((writer) => writer.close()));
});

describe('H9 the writer', () => {
  test('twenty appenders at once leave no gap and no double', async () => {
    start('hub_a');
    const id = newSessionId();
    const given = await Promise.all(
      upTo(20).map(async (appender) => {
        const seqs: number[] = [];
        for (const n of upTo(50)) seqs.push(await bench.append(note(id, `${appender}/${n}`)));
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
        return seqs;
      }),
    );
    expect(given.flat().sort((a, b) => a - b)).toEqual(upTo(1_000));
    await bench.written();
    expect(await bench.seqs(id)).toEqual(upTo(1_000));
  });

  test('an event for a session that nobody knows creates it', async () => {
    const id = newSessionId();
    await bench.append(note(id));
    start('hub_a');
    await bench.written();
    expect(await bench.archive.session(id)).toMatchObject({ settings: { title: `Session ${id}` } });
    const settings = {
      title: 'Known now',
      voice: 'ash' as const,
      agentName: 'Ada',
      systemPrompt: '',
      conversationId: 'conversation-1',
      conversation: DEFAULT_CONVERSATION,
    };
    await bench.append(event(id, 'session:created', settings, 1_000));
    await bench.written();
    expect(await bench.archive.session(id)).toMatchObject({ settings, createdAt: 1_000 });
    expect(await bench.database.conversation.count({ where: { id: 'conversation-1' } })).toBe(1);
  });

  test('Postgres may be away: nothing is lost, doubled or out of order', async () => {
    const ids = [newSessionId(), newSessionId()];
    let failures = 0;
    start('hub_a', { measures: { ...noMeasures, writerFailed: () => (failures += 1) } });
    for (const n of upTo(200)) {
      if (n === 50) bench.wire.cut();
      if (n === 150) {
        await expect.poll(() => failures).toBeGreaterThan(2);
        bench.wire.mend();
      }
      for (const id of ids) await bench.append(note(id));
    }
    await bench.written();
    for (const id of ids) expect(await bench.seqs(id)).toEqual(upTo(200));
  });

  test('a writer that dies between commit and acknowledgement doubles nothing', async () => {
    const id = newSessionId();
    const participantId = newParticipantId();
    const join = { participantId, name: 'Anna', role: 'speaker', client: 'browser' } as const;
    const usage = {
      inputTextTokens: 1,
      inputAudioTokens: 2,
      cachedTokens: 3,
      outputTextTokens: 4,
      outputAudioTokens: 5,
    };
    await bench.append(event(id, 'participant:joined', join));
    await bench.append(
      event(id, 'usage:recorded', { responseId: 'r', model: 'm', usage, costUsd: null, causedBy: [] }),
    );
    for (const _ of upTo(500)) await bench.append(note(id));
    const dead = Promise.withResolvers<void>();
    const stream = new EventStream(bench.redis, 'hub_dead');
    stream.done = () => {
      dead.resolve();
      return new Promise(() => undefined);
    };
    const lease = { hold: () => Promise.resolve(true), close: () => Promise.resolve() };
    bench.writer('hub_dead', { stream, lease, batch: 200 }).start();
    await dead.promise;
    expect(await bench.seqs(id)).toEqual(upTo(200));
    expect(await bench.redis.xlen(keys.events)).toBe(502);
    await bench.append(event(id, 'participant:left', { participantId, name: 'Anna', reason: 'left' }));
    start('hub_b');
    await bench.written();
    expect(await bench.seqs(id)).toEqual(upTo(503));
    expect(await bench.database.usage.findMany({ where: { sessionId: id } })).toHaveLength(1);
    expect(await bench.database.participant.findUnique({ where: { id: participantId } })).toMatchObject({
      leftReason: 'left',
    });
    expect((await bench.redis.xpending(keys.events, 'writer'))[0]).toBe(0);
  });

  test('a batch that comes once more changes nothing: what was inserted is projected, once', async () => {
    const id = newSessionId();
    const participantId = newParticipantId();
    const archivist = new Archivist(bench.database);
    const join = { participantId, name: 'Anna', role: 'speaker', client: 'browser' } as const;
    const joined = { ...event(id, 'participant:joined', join), seq: 1 };
    const left = {
      ...event(id, 'participant:left', { participantId, name: 'Anna', reason: 'left' }),
      seq: 2,
    };
    expect(await archivist.write([joined])).toMatchObject({ inserted: 1 });
    expect(await archivist.write([left])).toMatchObject({ inserted: 1 });
    expect(await archivist.write([joined, joined])).toEqual({ inserted: 0, misplaced: [] });
    const row = await bench.database.participant.findUnique({ where: { id: participantId } });
    expect(row?.leftReason).toBe('left');
  });

  test('one hub writes; when it stops, the next one goes on', async () => {
    const id = newSessionId();
    const first = start('hub_a');
    await bench.append(note(id));
    await bench.written();
    start('hub_b');
    await first.close();
    await bench.append(note(id));
    await bench.written();
    expect(await bench.seqs(id)).toEqual([1, 2]);
  });

  test('what is no event is set aside with the reason, and holds up nothing', async () => {
    const id = newSessionId();
    start('hub_a');
    await bench.redis.xadd(keys.events, '*', 'seq', '1', 'body', '{not json');
    await bench.redis.xadd(keys.events, '*', 'nothing', 'here');
    await bench.redis.xadd(keys.events, '*', 'seq', 'x', 'body', JSON.stringify(note(id)));
    await bench.redis.xadd(
      keys.events,
      '*',
      'seq',
      '1',
      'body',
      JSON.stringify({ ...note(id), type: 'war' }),
    );
    await bench.append(note(id));
    await bench.written();
    expect(await bench.seqs(id)).toEqual([1]);
    const dead = (await bench.redis.lrange(keys.deadEvents, 0, -1)).map(
      (text) => JSON.parse(text) as { reason: string; fields: object },
    );
    expect(dead).toHaveLength(4);
    expect(dead[0]).toMatchObject({ fields: { body: '{not json' }, reason: expect.stringContaining('JSON') });
  });

  test('what Postgres refuses is set aside alone', async () => {
    const id = newSessionId();
    await bench.append(note(id));
    await bench.append(event(id, 'error:raised', { source: 'hub', code: 'x', message: 'y' }, 9e15));
    await bench.append(note(id));
    start('hub_a');
    await bench.written();
    expect(await bench.seqs(id)).toEqual([1, 3]);
    expect(await bench.redis.llen(keys.deadEvents)).toBe(1);
  });

  test('characters that PostgreSQL cannot store lose no event', async () => {
    const id = newSessionId();
    start('hub_a');
    await bench.append(note(id, 'nul \0, half \ud83d, whole 🎧'));
    await bench.written();
    const [row] = await bench.archive.events(id, { after: 0, limit: 1 });
    expect(row?.data).toMatchObject({ message: 'nul \uFFFD, half \uFFFD, whole 🎧' });
  });

  test('a Redis that forgot group and stream is no reason to stop', async () => {
    const id = newSessionId();
    start('hub_a');
    await bench.append(note(id));
    await bench.written();
    await bench.redis.flushall();
    await bench.append(note(id));
    await bench.written();
    expect(await bench.seqs(id)).toEqual([1, 2]);
  });

  test('the transcript, speakers and usage can be asked of tables of their own', async () => {
    const id = newSessionId();
    const participantId = newParticipantId();
    const speakers = [{ participantId, name: 'Anna', share: 1 }];
    const turn = {
      itemId: 'i1',
      text: 'Hi',
      failure: null,
      startMs: 20,
      endMs: 900,
      speakers,
      overlap: 0,
      answer: 'asked',
    } as const;
    start('hub_a');
    await bench.append(event(id, 'turn:completed', turn));
    await bench.append(event(id, 'text:sent', { itemId: 'i2', participantId, name: 'Anna', text: 'typed' }));
    const reply = {
      itemId: 'i3',
      responseId: 'r',
      text: 'Hello',
      status: 'cancelled',
      audioMs: 900,
      heardMs: 400,
    };
    await bench.append(event(id, 'reply:completed', reply as never));
    const none = { inputTextTokens: 0, inputAudioTokens: 0, cachedTokens: 0 };
    const usage = { ...none, outputTextTokens: 0, outputAudioTokens: 9 };
    const cost = { model: 'm', usage, causedBy: speakers };
    await bench.append(event(id, 'usage:recorded', { ...cost, responseId: 'r1', costUsd: 0.25 }));
    await bench.append(event(id, 'usage:recorded', { ...cost, responseId: 'r2', costUsd: 0.5 }));
    await bench.append(event(id, 'usage:recorded', { ...cost, responseId: 'r3', costUsd: null }));
    await bench.written();
    expect(await bench.database.usage.findFirst({ where: { sessionId: id } })).toMatchObject({
      costUsd: 0.25,
      causedBy: speakers,
    });
    expect(await bench.archive.spentUsd(id)).toBe(0.75);
    expect(await bench.archive.spentUsd(newSessionId())).toBe(0);
    const rows = await bench.database.message.findMany({ where: { sessionId: id }, orderBy: { seq: 'asc' } });
    expect(rows).toMatchObject([
      { itemId: 'i1', role: 'user', text: 'Hi', speakers, startMs: 20, endMs: 900, seq: 1 },
      { itemId: 'i2', role: 'user', text: 'typed', speakers, startMs: null },
      { itemId: 'i3', role: 'assistant', text: 'Hello', speakers: [], heardMs: 400 },
    ]);
  });
});

describe('H10 counters', () => {
  test('are taken up from the archive after Redis has lost all', async () => {
    const id = newSessionId();
    start('hub_a');
    for (const _ of upTo(30)) await bench.append(note(id));
    await bench.written();
    await bench.redis.flushall();
    expect(await bench.append(note(id))).toBe(31);
    await bench.written();
    expect(await bench.seqs(id)).toEqual(upTo(31));
  });

  test('are taken up from what still waits for the writer', async () => {
    const id = newSessionId();
    for (const _ of upTo(3)) await bench.append(note(id));
    await bench.redis.del(keys.seq(id));
    expect(await bench.append(note(id))).toBe(4);
  });

  test('are restored once however many ask, and only while they are missing', async () => {
    const id = newSessionId();
    const seqs = await Promise.all(upTo(20).map(() => bench.append(note(id))));
    expect(seqs.sort((a, b) => a - b)).toEqual(upTo(20));
    await bench.counters.restore(id);
    expect(await bench.redis.get(keys.seq(id))).toBe('20');
  });

  test('an append whose answer was lost with Redis is answered, not repeated', async () => {
    const id = newSessionId();
    start('hub_a');
    const lost = note(id);
    await bench.append(note(id));
    expect(await bench.append(lost)).toBe(2);
    await bench.written();
    await bench.redis.flushall();
    expect(await bench.append(lost)).toBe(2);
    await bench.written();
    expect(await bench.seqs(id)).toEqual([1, 2]);
  });

  test('an event whose place is taken gets the next one', async () => {
    const id = newSessionId();
    start('hub_a');
    for (const _ of upTo(5)) await bench.append(note(id));
    await bench.written();
    // Redis came back with what it knew a second ago.
    await bench.redis.set(keys.seq(id), 3);
    await bench.append(note(id, 'late one'));
    await bench.append(note(id, 'late two'));
    await bench.written();
    expect(await bench.seqs(id)).toEqual(upTo(7));
    const events = await bench.archive.events(id, { after: 5, limit: 10 });
    expect(events.map(({ data }) => (data as { message: string }).message)).toEqual(['late one', 'late two']);
    expect(await bench.append(note(id))).toBe(8);
  });
});
