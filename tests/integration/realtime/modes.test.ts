import { EVENT_DATA } from '@parley/contract';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { anna, ben, openSimulatedRoom, type SimulatedRoomOptions } from './simulatedRoom.ts';

type Event = Record<string, unknown>;

let room: Awaited<ReturnType<typeof openSimulatedRoom>>;
const open = async (options?: SimulatedRoomOptions) => (room = await openSimulatedRoom(options));

afterEach(async () => {
  try {
    expect(await sent('error')).toEqual([]);
    for (const { type, data } of room.facts) expect(EVENT_DATA[type].safeParse(data).error).toBeUndefined();
  } finally {
    await room.close();
  }
});

const of = (type: string, seen: { event: Event }[]) =>
  seen.map(({ event }) => event).filter((event) => event['type'] === type);
/** What the provider was told, and what it said, of one kind, on its newest connection. */
const received = async (type: string) =>
  of(type, await room.provider.received((await room.provider.latest()).id));
const sent = async (type: string) => of(type, await room.provider.sent((await room.provider.latest()).id));
/** The turn detection that the provider's session has now. */
async function detection(): Promise<unknown> {
  const { session } = (await sent('session.updated')).at(-1) ?? {};
  return (session as { audio: { input: { turn_detection: unknown } } }).audio.input.turn_detection;
}
const becomes = (what: object | null) =>
  until('the detection', async () => {
    const now = (await detection()) as object | null;
    return what === null
      ? now === null
      : now && Object.entries(what).every(([key, value]) => (now as Event)[key] === value);
  });
const turns = (...transcripts: string[]) => ({ turns: transcripts.map((transcript) => ({ transcript })) });
const silent = { create_response: false, interrupt_response: false };

test('M50 addressed: an answer to the turn that says the name; the others are in the context with their speakers', async () => {
  await open({
    conversation: { answer: 'addressed' },
    people: 2,
    scenario: turns('Lovely day.', 'A bit cold.', 'What do you think, Ada?'),
  });
  room.speak(1_000, anna);
  expect(await room.fact('turn:completed')).toMatchObject({ answer: 'not-addressed', text: 'Lovely day.' });
  room.speak(1_000, ben);
  expect(await room.fact('turn:completed', 2)).toMatchObject({ answer: 'not-addressed' });
  expect(await received('response.create')).toEqual([]);
  room.speak(1_000, anna);
  expect(await room.fact('turn:completed', 3)).toMatchObject({ answer: 'asked' });
  expect((await room.fact('reply:completed')).status).toBe('completed');
  expect(await received('response.create')).toHaveLength(1);
  const committed = (await sent('input_audio_buffer.committed')).map((event) => event['item_id']);
  expect(await received('conversation.item.create')).toMatchObject(
    ['Anna', 'Ben', 'Anna'].map((name, n) => ({
      previous_item_id: committed[n],
      item: { role: 'system', content: [{ text: `Speaking: ${name}.` }] },
    })),
  );
});

test('M50 addressed: shortly after a reply the next turn needs no name', async () => {
  await open({
    conversation: { answer: 'addressed', followUpMs: 60_000 },
    people: 2,
    scenario: turns('Ada, what is the weather like?', 'And tomorrow?'),
  });
  room.speak(1_000, anna);
  await room.fact('reply:completed');
  room.speak(1_000, ben);
  expect(await room.fact('turn:completed', 2)).toMatchObject({ answer: 'asked' });
  expect((await room.fact('reply:completed', 2)).status).toBe('completed');
});

test('M51 scribe: all is written, nothing is said', async () => {
  await open({ conversation: { answer: 'scribe' } });
  room.speak();
  room.type('Are you there?');
  expect(await room.fact('turn:completed')).toMatchObject({ answer: 'scribe' });
  expect((await room.fact('turn:completed')).text).not.toBe('');
  expect(await received('response.create')).toEqual([]);
  room.configure({ answer: 'always' });
  room.speak();
  expect((await room.fact('reply:completed')).status).toBe('completed');
});

test('M53 M55 push-to-talk: one commit by hand, one answer, and nothing of anybody else', async () => {
  await open({ conversation: { answer: 'push-to-talk' }, people: 2, scenario: turns('What time is it?') });
  expect(await detection()).toBeNull();
  room.write(2_000, [ben]);
  room.hold(1_000, anna);
  expect(await room.fact('turn:completed')).toMatchObject({
    answer: 'asked',
    text: 'What time is it?',
    startMs: 0,
    endMs: 1_000,
    speakers: [{ name: 'Anna', share: 1 }],
  });
  expect((await room.fact('reply:completed')).status).toBe('completed');
  expect((await room.provider.latest()).inputMs).toBe(1_000);
  expect((await received('input_audio_buffer.commit')).length).toBe(1);
  expect((await received('input_audio_buffer.clear')).length).toBe(1);
  expect(await sent('input_audio_buffer.speech_started')).toEqual([]);
  room.type('And in Tokyo?');
  expect((await room.fact('reply:completed', 2)).status).toBe('completed');
});

test('M55 push-to-talk: a tap is nothing, and what was in it is not in the next turn', async () => {
  await open({ conversation: { answer: 'push-to-talk' } });
  room.hold(60);
  await until('the tap to be forgotten', async () => (await sent('input_audio_buffer.cleared')).length === 2);
  room.hold(800);
  expect(await room.fact('turn:completed')).toMatchObject({ startMs: 60, endMs: 860 });
  await room.fact('reply:completed');
  expect(await received('input_audio_buffer.commit')).toHaveLength(1);
});

test('M56 push-to-talk: holding cuts off the reply, and is answered', async () => {
  await open({ conversation: { answer: 'push-to-talk' }, listening: false, scenario: { pace: 4 } });
  room.type('Count to 20');
  await room.phase('speaking');
  for (let i = 0; i < 10; i++) room.assistant.pullOutput();
  room.hold(600);
  expect(await room.fact('reply:completed')).toMatchObject({ status: 'cancelled' });
  room.listen();
  expect((await room.fact('reply:completed', 2)).status).toBe('completed');
  expect(await received('response.cancel')).toHaveLength(1);
  expect(await received('conversation.item.truncate')).toHaveLength(1);
});

test('M52 the provider’s session has the detection of the moment, on the first link and on the next', async () => {
  await open({
    conversation: {
      turnDetection: { type: 'server', threshold: 0.7, prefixPaddingMs: 200, silenceMs: 900 },
    },
  });
  expect(await detection()).toMatchObject({
    type: 'server_vad',
    threshold: 0.7,
    prefix_padding_ms: 200,
    silence_duration_ms: 900,
    ...silent,
  });
  room.configure({ turnDetection: { type: 'semantic', eagerness: 'high' } });
  await becomes({ type: 'semantic_vad', eagerness: 'high', ...silent });
  room.speak();
  expect((await room.fact('turn:completed')).answer).toBe('asked');
  room.configure({ turnDetection: { type: 'none' } });
  await becomes(null);
  room.configure({ turnDetection: { type: 'server', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 } });
  await becomes({ type: 'server_vad', silence_duration_ms: 500, ...silent });
  expect(await room.provider.connections()).toHaveLength(1);
});

test('M52 through every mode in one session, without another link', async () => {
  await open({
    people: 2,
    scenario: turns('One.', 'Two.', 'Three.', 'Four.', 'Ada, five.'),
  });
  room.speak();
  await room.fact('reply:completed');
  room.configure({ answer: 'scribe' });
  room.speak();
  await room.fact('turn:completed', 2);
  room.configure({ answer: 'push-to-talk' });
  await becomes(null);
  room.hold();
  await room.fact('reply:completed', 2);
  room.configure({ answer: 'addressed', followUpMs: 0 });
  await becomes({ type: 'server_vad' });
  room.speak(1_000, ben);
  await room.fact('turn:completed', 4);
  room.speak(1_000, ben);
  await room.fact('reply:completed', 3);
  const said = room.facts.flatMap((fact) => (fact.type === 'turn:completed' ? [fact.data] : []));
  expect(said.map(({ text, answer }) => [text, answer])).toEqual([
    ['One.', 'asked'],
    ['Two.', 'scribe'],
    ['Three.', 'asked'],
    ['Four.', 'not-addressed'],
    ['Ada, five.', 'asked'],
  ]);
  for (const [i, { startMs }] of said.entries())
    expect(startMs).toBeGreaterThanOrEqual(said[i - 1]?.endMs ?? 0);
  expect(await room.provider.connections()).toHaveLength(1);
});

test('M52 switched in the middle of speech: what was begun is a turn', async () => {
  await open({ scenario: turns('I was just saying') });
  room.write(1_000, [anna]);
  await until('speech', async () => (await sent('input_audio_buffer.speech_started')).length === 1);
  room.configure({ answer: 'scribe', turnDetection: { type: 'none' } });
  expect(await room.fact('turn:completed')).toMatchObject({ text: 'I was just saying', answer: 'scribe' });
  expect(room.assistant.state.phase).toBe('listening');
  room.configure({ answer: 'always' });
  room.speak();
  expect((await room.fact('reply:completed')).status).toBe('completed');
});

test('M52 switched in the middle of a hold: what was said is a turn, and is answered', async () => {
  await open({ conversation: { answer: 'push-to-talk' }, scenario: turns('Half a question') });
  room.assistant.hold([anna]);
  room.write(800, [anna]);
  room.configure({ answer: 'always' });
  expect(await room.fact('turn:completed')).toMatchObject({
    text: 'Half a question',
    startMs: 0,
    endMs: 800,
  });
  expect((await room.fact('reply:completed')).status).toBe('completed');
});

test('M52 the next link has it too: a hold right after it is answered', async () => {
  await open({ sessionSeconds: 4 });
  room.configure({ answer: 'push-to-talk' });
  await room.fact('assistant:rolled-over');
  expect(await detection()).toBeNull();
  room.hold();
  expect((await room.fact('turn:completed')).answer).toBe('asked');
});
