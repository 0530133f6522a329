import { EVENT_DATA, SAMPLE_RATE } from '@parley/contract';
import { expect, test, type TestContext } from 'vitest';
import { openTimedRoom, type TimedRoomOptions } from './timedRoom.ts';

type Room = Awaited<ReturnType<typeof openTimedRoom>>;

/** Each test has a room of its own: they mostly wait, so several do at a time. */
async function open({ onTestFinished }: TestContext, options?: TimedRoomOptions): Promise<Room> {
  const room = await openTimedRoom(options);
  onTestFinished(async () => {
    await room.close();
    for (const { type, data } of room.facts) expect(EVENT_DATA[type].safeParse(data).error).toBeUndefined();
  });
  return room;
}

/** What the provider was told as text on its newest connection. */
async function told(room: Room): Promise<string[]> {
  const { id } = await room.provider.latest();
  const events = (await room.provider.received(id)).map(({ event }) => event);
  return events
    .filter(({ type }) => type === 'conversation.item.create')
    .map(({ item }) => (item as { content?: { text: string }[] }).content?.[0]?.text ?? '');
}

/** Milliseconds of sound that the provider has heard, on all connections. */
async function voicedMs(room: Room): Promise<number> {
  let samples = 0;
  for (const { id } of await room.provider.connections())
    for (const sample of (await room.provider.input(id)).samples) if (sample !== 0) samples += 1;
  return (samples * 1000) / SAMPLE_RATE;
}

test.concurrent(
  'M101 three seams in a conversation: every utterance is on record once, in its place, and known to the last link',
  async (context) => {
    const room = await open(context, { sessionSeconds: 8, assistant: { rollOverAfterMs: 2_500 } });
    room.type('My name is Anna.');
    // Each of a length of its own: the simulator's transcript tells them apart.
    for (let i = 0; room.data('assistant:rolled-over').length < 3 && i < 30; i++) {
      await room.say(500 + 100 * i);
      await room.pause(1_500);
    }
    await room.pause(1_500);
    await room.fact('assistant:rolled-over', 3);
    const turns = room.data('turn:completed');
    expect(turns).toHaveLength(room.spoken.length);
    expect(new Set(turns.map(({ text }) => text)).size).toBe(turns.length);
    for (const [i, { startMs, endMs, speakers, failure }] of turns.entries()) {
      const { startMs: from = 0, endMs: to = 0 } = room.spoken[i] ?? {};
      expect(failure).toBeNull();
      expect(speakers).toMatchObject([{ name: 'Anna', share: 1 }]);
      // The provider's turn has 300 ms before the first sound and half a second after the last.
      expect(Math.abs(startMs - from)).toBeLessThan(400);
      expect(Math.abs(endMs - to)).toBeLessThan(700);
    }
    for (const seam of room.data('assistant:rolled-over'))
      expect(seam).toMatchObject({ reason: 'age', gapMs: 0 });
    const known = await told(room);
    expect(known[0]).toBe('Anna (typed): My name is Anna.');
    // A reply that somebody spoke into is cut; none is said twice, and none is lost.
    for (const { status } of room.data('reply:completed'))
      expect(['completed', 'cancelled']).toContain(status);
    const replies = room.data('reply:completed').map(({ itemId }) => itemId);
    expect(new Set(replies).size).toBe(replies.length);
    expect(room.notices).toEqual([]);
    expect(room.data('assistant:disconnected')).toEqual([]);
    expect(await voicedMs(room)).toBeCloseTo(
      room.spoken.reduce((ms, { startMs, endMs }) => ms + endMs - startMs, 0),
      -2,
    );
  },
);

test.concurrent(
  'M102 three seams in speech without a pause: nothing is said twice or lost',
  async (context) => {
    const room = await open(context, { sessionSeconds: 10, conversation: { answer: 'scribe' } });
    const speaking = room.say(26_000);
    await room.fact('assistant:rolled-over', 3);
    await speaking;
    await room.pause(2_500);
    const turns = room.data('turn:completed').toSorted((a, b) => a.startMs - b.startMs);
    const [speech] = room.spoken;
    expect(turns.length).toBeGreaterThanOrEqual(4);
    for (const [i, { startMs, speakers, failure }] of turns.entries()) {
      expect(failure).toBeNull();
      expect(speakers).toMatchObject([{ name: 'Anna' }]);
      const before = turns[i - 1];
      // Side by side at the seam: no word in both of them, none in neither.
      if (before) expect(Math.abs(startMs - before.endMs)).toBeLessThanOrEqual(40);
    }
    expect(turns.at(-1)?.endMs).toBeGreaterThanOrEqual(speech?.endMs ?? 0);
    expect(Math.abs((await voicedMs(room)) - 26_000)).toBeLessThanOrEqual(60);
    expect(room.notices).toEqual([]);
  },
);

test.concurrent(
  'M102 a reply in flight when its link grows too old is said to the end, once',
  async (context) => {
    const room = await open(context, { sessionSeconds: 10, live: true, scenario: { pace: 2 } });
    // Said until after the time at which the next link is there.
    await room.pause(4_500);
    room.type('Hello');
    const reply = await room.fact('reply:completed');
    expect(reply).toMatchObject({ status: 'completed' });
    expect(reply.heardMs).toBe(reply.audioMs);
    expect(Math.abs(room.heardMs - reply.audioMs)).toBeLessThanOrEqual(20);
    await room.fact('assistant:rolled-over');
    await room.pause(2_000);
    expect(room.data('reply:completed')).toHaveLength(1);
    expect(await told(room)).toEqual(['Anna (typed): Hello', reply.text]);
    expect(room.notices).toEqual([]);
  },
);

test.concurrent(
  'M105 what is old is told to the next link as the model of the old one put it',
  async (context) => {
    const room = await open(context, {
      sessionSeconds: 20,
      scenario: { replies: [{ when: { outOfBand: true }, reply: { text: 'They plan a trip to Ghent.' } }] },
    });
    for (let i = 0; i < 13; i++) {
      room.type(`Thanks ${i}`);
      await room.fact('reply:completed', i + 1);
    }
    const seam = await room.fact('assistant:rolled-over');
    expect(seam).toMatchObject({ replayed: 20, summarised: 6 });
    const known = await told(room);
    expect(known).toHaveLength(21);
    expect(known[0]).toContain('They plan a trip to Ghent.');
    expect(known[1]).toBe('Anna (typed): Thanks 3');
  },
);

test.concurrent(
  'M103 the provider goes away and comes back: the room goes on, says so, and the seam is marked',
  async (context) => {
    const room = await open(context);
    room.type('Hello');
    await room.fact('reply:completed');
    await room.stopProvider();
    await room.fact('assistant:disconnected');
    expect(room.assistant.state.phase).toBe('unavailable');
    await room.say(500);
    room.type('Are you there?');
    await room.pause(1_000);
    await room.startProvider();
    const seam = await room.fact('assistant:rolled-over');
    expect(seam).toMatchObject({ reason: 'lost', replayed: 3 });
    expect(seam.gapMs).toBeGreaterThan(1_000);
    // What was said meanwhile was kept for the next link, and is answered with the text.
    expect(await room.fact('turn:completed')).toMatchObject({ failure: null, speakers: [{ name: 'Anna' }] });
    for (let i = 2; (await room.fact('reply:completed', i)).status !== 'completed'; i++);
    expect(room.notices.at(-1)).toBe('The assistant is back.');
  },
);

test.concurrent(
  'M112 the limit is reached: no more answers, people go on, and more money brings it back',
  async (context) => {
    const costLimitUsd = 0.001;
    const room = await open(context, { conversation: { costLimitUsd } });
    room.type('Hello');
    const { costUsd, causedBy } = await room.fact('usage:recorded');
    expect(costUsd).toBeGreaterThan(costLimitUsd);
    expect(causedBy).toMatchObject([{ name: 'Anna', share: 1 }]);
    expect(await room.fact('cost:limited')).toMatchObject({ state: 'paused', limitUsd: costLimitUsd });
    await room.fact('reply:completed');
    expect(room.assistant.state.phase).toBe('paused');
    await room.say(600);
    await room.pause(1_000);
    expect(await room.fact('turn:completed')).toMatchObject({ answer: 'paused', failure: null });
    room.assistant.setCostLimit(1);
    room.type('And now?');
    expect((await room.fact('reply:completed', 2)).status).toBe('completed');
    expect(room.data('cost:limited').map(({ state }) => state)).toEqual(['paused', 'resumed']);
    expect(room.assistant.cost.participants[0]?.costUsd).toBeCloseTo(room.assistant.cost.spentUsd, 9);
  },
);
