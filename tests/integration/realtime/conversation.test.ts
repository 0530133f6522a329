import { EVENT_DATA } from '@parley/contract';
import { FakeDesk } from '@parley/mixer/testing/FakeDesk';
import { afterEach, describe, expect, test } from 'vitest';
import { anna, openSimulatedRoom, type SimulatedRoomOptions } from './simulatedRoom.ts';

type Room = Awaited<ReturnType<typeof openSimulatedRoom>>;
type Reply = { say?: string; calls?: { name: string; arguments?: Record<string, unknown> }[] };

/** Replies of a second or so: a call plays them in real time. */
const short = (reply: Reply = {}): NonNullable<SimulatedRoomOptions['scenario']> => ({
  turns: [{ transcript: 'What is the weather like?', reply: { say: 'twenty-one', ...reply } }],
  replies: [{ when: {}, reply: { say: 'twelve' } }],
});

/** The same conversations over both ways to the provider, against the simulator and with nothing faked. */
describe.each(['websocket', 'webrtc'] as const)('by %s', (transport) => {
  let room: Room;
  const open = async (options: SimulatedRoomOptions = {}) =>
    (room = await openSimulatedRoom({ transport, scenario: short(), ...options }));

  afterEach(async () => {
    await room.close();
    for (const { type, data } of room.facts) expect(EVENT_DATA[type].safeParse(data).error).toBeUndefined();
  });

  const events = async (what: 'sent' | 'received', connection = 0) => {
    const { id } = (await room.provider.connections())[connection] ?? { id: '' };
    return (await room.provider[what](id)).map(({ event }) => event);
  };
  const complaints = async () => (await events('sent')).filter(({ type }) => type === 'error');

  test('speech: a turn with its speaker, an answer that is heard to its end, what it cost', async () => {
    await open();
    room.speak();
    expect(await room.fact('turn:completed')).toMatchObject({
      text: 'What is the weather like?',
      failure: null,
      speakers: [{ participantId: anna, name: 'Anna', share: 1 }],
      overlap: 0,
    });
    const reply = await room.fact('reply:completed');
    expect(reply).toMatchObject({ status: 'completed', text: expect.stringMatching(/\w/) as string });
    expect(reply.heardMs).toBe(reply.audioMs);
    const { outputMs } = await room.provider.latest();
    expect(Math.abs(reply.audioMs - outputMs)).toBeLessThanOrEqual(20);
    expect((await room.fact('usage:recorded')).usage.outputAudioTokens).toBeGreaterThan(0);
    expect(await complaints()).toEqual([]);
  });

  test('text: answered, twice over', async () => {
    await open();
    room.type('Hello there');
    expect((await room.fact('reply:completed')).status).toBe('completed');
    room.type('And again');
    expect((await room.fact('reply:completed', 2)).status).toBe('completed');
    expect(await complaints()).toEqual([]);
  });

  test('a tool: called, answered, spoken about', async () => {
    const desk = new FakeDesk();
    await open({ desk, scenario: { turns: [{ reply: { calls: [{ name: 'code' }] } }] } });
    room.speak();
    const { callId } = await room.fact('tool:called');
    await desk.answer(callId, '{"status":"done"}');
    expect((await room.fact('reply:completed')).status).toBe('completed');
    expect(await complaints()).toEqual([]);
  });

  test('barge-in: silent at once, and both sides know where it was cut', async () => {
    await open({ listening: false, scenario: { pace: 4 } });
    room.type('Count to 20');
    await room.phase('speaking');
    room.assistant.pullOutput();
    room.assistant.pullOutput();
    room.speak();
    const { status, heardMs } = await room.fact('reply:completed');
    expect(status).toBe('cancelled');
    // Two frames, and the one that fades out.
    expect(heardMs).toBeGreaterThanOrEqual(40);
    expect(heardMs).toBeLessThanOrEqual(60);
    room.listen();
    expect((await room.fact('reply:completed', 2)).status).toBe('completed');
    expect(await complaints()).toEqual([]);
    const cut = (await events('sent')).filter(({ type }) => type === 'conversation.item.truncated');
    expect(cut).toHaveLength(1);
    if (transport === 'websocket') expect(cut).toMatchObject([{ audio_end_ms: heardMs }]);
    else expect((await events('sent')).map(({ type }) => type)).toContain('output_audio_buffer.cleared');
  });

  test('a connection that ends in the middle of a reply: told, renewed, and the next text is answered', async () => {
    const faults = [
      {
        at: { event: 'response.output_audio_transcript.delta', count: 3 },
        do: { what: 'close', code: 1011 },
      } as const,
    ];
    await open({ scenario: { pace: 2, faults } });
    room.type('Count to 20');
    await room.fact('assistant:disconnected');
    await room.fact('assistant:connected', 2);
    await room.phase('listening');
    expect(room.facts.filter(({ type }) => type === 'reply:completed')).not.toHaveLength(0);
    const before = room.facts.filter(({ type }) => type === 'reply:completed').length;
    expect((await events('received', 1)).map(({ type }) => type)).toContain('conversation.item.create');
    room.type('Are you there?');
    expect((await room.fact('reply:completed', before + 1)).text).toMatch(/\w/);
  });

  test('a session that grows old: renewed before it ends, and the next text is answered', async () => {
    await open({ sessionSeconds: 8 });
    expect(await room.fact('assistant:rolled-over')).toMatchObject({ reason: 'age', gapMs: 0 });
    room.type('Are you there?');
    expect((await room.fact('reply:completed')).status).toBe('completed');
    expect(room.facts.filter(({ type }) => type === 'error:raised')).toEqual([]);
  });

  test.each([
    [503, 'Maintenance.'],
    [429, 'Slow down.'],
  ] as const)('refused with %i at first: words, then connected', async (status, message) => {
    await open({ scenario: { ...short(), refuse: { status, message, times: 1 } } });
    expect(room.assistant.state).toMatchObject({
      phase: 'unavailable',
      message: expect.stringContaining(message) as string,
    });
    await room.fact('assistant:connected');
    room.type('Hello?');
    expect((await room.fact('reply:completed')).status).toBe('completed');
  });
});
