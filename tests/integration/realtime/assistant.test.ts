import { EVENT_DATA } from '@parley/contract';
import { FakeDesk } from '@parley/mixer/testing/FakeDesk';
import { afterEach, describe, expect, test } from 'vitest';
import { anna, openSimulatedRoom, type SimulatedRoomOptions } from './simulatedRoom.ts';

type Room = Awaited<ReturnType<typeof openSimulatedRoom>>;

let room: Room;
const open = async (options?: SimulatedRoomOptions) => (room = await openSimulatedRoom(options));

afterEach(async () => {
  await room.close();
  for (const { type, data } of room.facts) expect(EVENT_DATA[type].safeParse(data).error).toBeUndefined();
});

/** Errors that the provider sent: the link must not have asked for anything wrong. */
async function complaints(): Promise<unknown[]> {
  const all = [];
  for (const { id } of await room.provider.connections())
    all.push(
      ...(await room.provider.sent(id)).map(({ event }) => event).filter(({ type }) => type === 'error'),
    );
  return all;
}

/** What the provider was told of one kind on the n-th connection. */
async function received(type: string, connection = 0): Promise<Record<string, unknown>[]> {
  const { id } = (await room.provider.connections())[connection] ?? { id: '' };
  return (await room.provider.received(id))
    .map(({ event }) => event)
    .filter((event) => event['type'] === type);
}

test('speech: a turn with its speaker, an answer that is heard, what it cost', async () => {
  await open({ scenario: { turns: [{ transcript: 'What is the weather like?' }] } });
  room.speak();
  const turn = await room.fact('turn:completed');
  expect(turn).toMatchObject({
    text: 'What is the weather like?',
    failure: null,
    speakers: [{ participantId: anna, name: 'Anna', share: 1 }],
    overlap: 0,
  });
  expect(turn.endMs).toBeGreaterThan(1_400);
  const reply = await room.fact('reply:completed');
  expect(reply).toMatchObject({ status: 'completed', text: expect.stringMatching(/\w/) as string });
  expect(reply.heardMs).toBe(reply.audioMs);
  expect(reply.audioMs).toBeGreaterThan(1_000);
  const { usage } = await room.fact('usage:recorded');
  expect(usage.inputAudioTokens).toBeGreaterThan(0);
  expect(usage.outputAudioTokens).toBeGreaterThan(0);
  expect(await complaints()).toEqual([]);
});

test('text: answered once, however often it is sent', async () => {
  await open();
  const text = { id: 'same', participantId: anna, name: 'Anna', text: 'Hello there' };
  for (let i = 0; i < 3; i++) room.assistant.sendText(text);
  expect((await room.fact('reply:completed')).status).toBe('completed');
  expect(await received('response.create')).toHaveLength(1);
  expect(await complaints()).toEqual([]);
});

test('barge-in: the provider accepts where it was cut', async () => {
  await open({ listening: false, scenario: { pace: 4 } });
  room.type('Count to 20');
  await room.phase('speaking');
  room.assistant.pullOutput();
  room.assistant.pullOutput();
  room.speak();
  const cut = await room.fact('reply:completed');
  expect(cut.status).toBe('cancelled');
  // Two frames were taken; the one in which the voice fades out may count.
  expect([40, 60]).toContain(cut.heardMs);
  room.listen();
  expect((await room.fact('reply:completed', 2)).status).toBe('completed');
  expect(await received('response.cancel')).toHaveLength(1);
  expect(await received('conversation.item.truncate')).toMatchObject([{ audio_end_ms: cut.heardMs }]);
  expect(await complaints()).toEqual([]);
  expect(room.notices).toEqual([]);
});

describe('a provider that misbehaves', () => {
  const fault = (event: string, what: object, count = 1) => ({
    scenario: { faults: [{ at: { event, count }, do: what }] } as SimulatedRoomOptions['scenario'] & object,
  });

  test('every kind of event twice', async () => {
    const events = [
      'input_audio_buffer.speech_started',
      'input_audio_buffer.committed',
      'conversation.item.input_audio_transcription.completed',
      'response.created',
      'response.output_audio.delta',
      'response.done',
    ];
    await open({
      scenario: { faults: events.map((event) => ({ at: { event }, do: { what: 'duplicate' } })) },
    });
    room.speak();
    const reply = await room.fact('reply:completed');
    expect(reply).toMatchObject({ status: 'completed' });
    const { outputMs } = await room.provider.latest();
    expect(outputMs - reply.audioMs).toBeLessThanOrEqual(101);
    expect(room.facts.map(({ type }) => type)).toEqual([
      'assistant:connected',
      'turn:completed',
      'usage:recorded',
      'reply:completed',
    ]);
  });

  test.each(['response.created', 'input_audio_buffer.speech_started', 'input_audio_buffer.committed'])(
    'never sends %s',
    async (event) => {
      await open(fault(event, { what: 'omit' }));
      room.speak();
      expect((await room.fact('turn:completed')).text).not.toBe('');
      expect((await room.fact('reply:completed')).status).toBe('completed');
    },
  );

  test('sends rubbish in the middle', async () => {
    await open(fault('response.output_audio.delta', { what: 'malformed' }, 2));
    room.speak();
    expect((await room.fact('reply:completed')).status).toBe('completed');
  });

  test('cannot transcribe', async () => {
    await open({ scenario: { turns: [{ transcriptionFails: { message: 'Out of ears.' } }] } });
    room.speak();
    expect(await room.fact('turn:completed')).toMatchObject({ text: '', failure: 'Out of ears.' });
    expect((await room.fact('reply:completed')).status).toBe('completed');
  });

  test('fails to answer: everybody reads why, and the next answer comes', async () => {
    const fail = { code: 'server_error', message: 'The server is tired.' };
    await open({ scenario: { turns: [{ reply: { fail } }] } });
    room.speak();
    expect((await room.fact('reply:completed')).status).toBe('failed');
    expect(await room.fact('error:raised')).toMatchObject({ source: 'provider', code: 'server_error' });
    expect(room.notices).toEqual(['The assistant could not answer: The server is tired.']);
    room.type('And now?');
    expect((await room.fact('reply:completed', 2)).status).toBe('completed');
  });

  test('reports an error out of the blue', async () => {
    await open(fault('response.created', { what: 'error', code: 'odd', message: 'Something is odd.' }));
    room.speak();
    expect((await room.fact('reply:completed')).status).toBe('completed');
    expect(room.notices).toEqual(['The voice provider reports: Something is odd.']);
  });

  test.each([
    ['drop', { what: 'drop' }],
    ['close', { what: 'close', code: 1011, reason: 'out of memory' }],
  ])(
    'hangs up in the middle of a reply (%s): incomplete, then on with a new link that knows it',
    async (_, what) => {
      await open(fault('response.output_audio.delta', what, 4));
      room.type('Count to 20');
      const cut = await room.fact('reply:completed');
      expect(cut).toMatchObject({ status: 'incomplete', audioMs: 300, heardMs: 300 });
      expect((await room.fact('assistant:disconnected')).retryInMs).toBe(250);
      await room.fact('assistant:connected', 2);
      const items = await received('conversation.item.create', 1);
      expect(items.map(({ item }) => item)).toMatchObject([
        { role: 'user', content: [{ type: 'input_text', text: 'Anna (typed): Count to 20' }] },
        { role: 'assistant', content: [{ type: 'output_text', text: cut.text }] },
      ]);
      expect(room.assistant.state.phase).toBe('listening');
      expect(await complaints()).toEqual([]);
    },
  );

  test('refuses at first: told once, then connected', async () => {
    await open({ scenario: { refuse: { status: 503, message: 'Maintenance.', times: 2 } } });
    expect(room.assistant.state).toMatchObject({
      phase: 'unavailable',
      message: expect.stringContaining('Maintenance.') as string,
    });
    room.type('Hello?');
    await room.fact('assistant:connected');
    expect((await room.fact('reply:completed')).status).toBe('completed');
    expect(room.facts.filter(({ type }) => type === 'assistant:disconnected')).toHaveLength(1);
  });

  test('a session that ends before its time: told, renewed, remembered, and what is owed is answered', async () => {
    const faults = [{ at: { event: 'response.created', count: 2 }, do: { what: 'expire' } } as const];
    await open({ scenario: { faults } });
    room.speak();
    await room.fact('reply:completed');
    room.type('And now?');
    expect(await room.fact('error:raised')).toMatchObject({ code: 'session_expired' });
    await room.fact('assistant:connected', 2);
    expect((await room.fact('reply:completed', 2)).status).toBe('completed');
    const items = await received('conversation.item.create', 1);
    expect(items.map(({ item }) => (item as { role: string }).role)).toEqual(['user', 'assistant', 'user']);
    expect(room.assistant.state.phase).toBe('listening');
  });
});

test('a tool that nobody installed: on record, answered, and the model goes on', async () => {
  await open({
    scenario: {
      turns: [{ reply: { calls: [{ name: 'code', arguments: { task: 'A page' } }] } }],
    },
  });
  room.speak();
  expect(await room.fact('tool:called')).toMatchObject({ name: 'code', arguments: '{"task":"A page"}' });
  expect((await room.fact('reply:completed')).status).toBe('completed');
  const outputs = (await received('conversation.item.create')).map(({ item }) => item as { type: string });
  expect(outputs.filter(({ type }) => type === 'function_call_output')).toHaveLength(1);
  expect(await complaints()).toEqual([]);
});

test('a tool of the room: the model gets its output', async () => {
  const desk = new FakeDesk();
  await open({ desk, scenario: { turns: [{ reply: { calls: [{ name: 'code' }] } }] } });
  room.speak();
  const { callId } = await room.fact('tool:called');
  await desk.answer(callId, '{"status":"done"}');
  expect((await room.fact('reply:completed')).status).toBe('completed');
  expect(await complaints()).toEqual([]);
});
