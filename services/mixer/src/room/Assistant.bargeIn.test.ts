import { DEFAULT_CONVERSATION, EVENT_DATA, newParticipantId, type ParticipantId } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { FAKE_REPLY, type FakeLink } from '../testing/FakeLink.ts';
import { FakeProvider } from '../testing/FakeProvider.ts';
import { Assistant, type AssistantFact } from './Assistant.ts';
import type { Overheard } from './BargeIn.ts';

const ben = newParticipantId();
const NOBODY = new Set<ParticipantId>();
const LONG = 'Well, let me see what there is to say about that, because it is a long story.';

let clock: FakeClock;
let provider: FakeProvider;
let assistant: Assistant;
let facts: AssistantFact[];
let phases: string[];
let playout: [itemId: string, playedMs: number, queuedMs: number][];
let deltas: string[];
/** Loudest sample of each frame that was heard. */
let heard: number[];
let link: FakeLink;
let rtp = 0;

beforeEach(async () => {
  clock = new FakeClock();
  provider = new FakeProvider();
  [facts, phases, playout, deltas, heard] = [[], [], [], [], []];
  await make();
});

async function make(bargeIn = DEFAULT_CONVERSATION.bargeIn): Promise<void> {
  assistant = new Assistant({
    settings: {
      agentName: 'Ada',
      systemPrompt: '',
      voice: 'cedar',
      conversation: { ...DEFAULT_CONVERSATION, bargeIn },
    },
    connect: provider.connect,
    clock,
    log: silentLog,
    simulated: true,
    provider: 'fake',
    model: 'gpt-fake',
    random: () => 1,
  });
  assistant.events.on('fact', (fact) => {
    expect(EVENT_DATA[fact.type].safeParse(fact.data).error).toBeUndefined();
    facts.push(fact);
  });
  assistant.events.on('state', ({ phase }) => phases.push(phase));
  assistant.events.on('playout', (at) => playout.push([at.itemId, at.playedMs, at.queuedMs]));
  assistant.events.on('delta', ({ itemId, delta }) => deltas.push(`${itemId}: ${delta}`));
  assistant.start();
  await assistant.settled();
  link = provider.link;
}

/** The room goes on for `ms`, every frame as a room makes it. */
function pass(ms: number, ...voices: ParticipantId[]): void {
  overhear(ms, { speaking: new Set(voices), echoes: NOBODY, found: NOBODY });
}

function overhear(ms: number, overheard: Overheard): void {
  for (let at = 0; at < ms; at += 20) {
    clock.turn(20);
    assistant.hear(overheard);
    const frame = assistant.pullOutput();
    heard.push(frame ? Math.max(...frame) : 0);
    if (frame) assistant.sent((rtp += 960));
  }
}

/** A reply of 4 s is being played, `heardMs` of it so far. */
function reply({ heardMs = 1_000, done = true } = {}): void {
  assistant.sendText({ id: crypto.randomUUID(), participantId: ben, name: 'Ben', text: 'Tell me.' });
  link.say('responseCreated', { responseId: 'r' });
  const of = { responseId: 'r', itemId: 'i' };
  link.say('audioDelta', { ...of, contentIndex: 0, pcm: new Int16Array(4_000 * 24).fill(8_000) });
  link.say('replyTranscriptDelta', { ...of, delta: LONG });
  if (done) finish('completed');
  pass(heardMs);
  link.calls.length = 0;
  facts.length = 0;
}
const finish = (status: 'completed' | 'cancelled') =>
  link.say('responseDone', { responseId: 'r', status, error: undefined, usage: undefined });
const turn = (itemId: string, text: string) => {
  link.say('speechStopped', { itemId, atMs: 0 });
  link.say('committed', { itemId });
  link.say('transcriptCompleted', { itemId, text });
};
const replies = () => facts.flatMap((fact) => (fact.type === 'reply:completed' ? [fact.data] : []));
const turns = () => facts.flatMap((fact) => (fact.type === 'turn:completed' ? [fact.data] : []));
const loud = () => heard.filter((peak) => peak > 0).length * 20;

test('M70 M72 somebody speaks for a second: silence after 400 ms, then cancel, truncate, the next answer', () => {
  reply({ done: false });
  heard = [];
  pass(100, ben);
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  pass(900, ben);
  // Lowered from 80 ms on, faded out within one frame at 400 ms, then nothing.
  expect(heard[2]).toBe(8_000);
  expect(heard[4]).toBe(2_000);
  expect(loud()).toBe(400);
  expect(assistant.state.phase).toBe('listening');
  expect(playout.at(-1)).toEqual(['i', 1_400, 0]);
  expect(link.calls).toEqual([]);
  expect(replies()).toEqual([]);
  pass(600);
  turn('u', 'What about Paris?');
  finish('cancelled');
  expect(link.calls.map(([name]) => name)).toEqual(['cancelResponse', 'truncate', 'createResponse']);
  expect(link.named('truncate')).toEqual([['truncate', 'i', 0, 1_400]]);
  expect(replies()).toMatchObject([
    { itemId: 'i', status: 'cancelled', audioMs: 4_000, heardMs: 1_400, resumes: null },
  ]);
  expect(replies()[0]?.heardText).toMatch(/^Well, let me see what there/);
  expect(LONG.startsWith(replies()[0]?.heardText ?? '-')).toBe(true);
});

test.each([
  ['a cough', 160],
  ['mm-hm', 300],
])('M70 %s lowers the reply for a moment and nothing else', (_, ms) => {
  reply();
  heard = [];
  pass(ms, ben);
  pass(500);
  expect(loud()).toBe(ms + 500);
  expect(Math.min(...heard)).toBe(2_000);
  expect(heard.at(-1)).toBe(8_000);
  expect(facts).toEqual([]);
  expect(link.calls).toEqual([]);
});

test('M71 "mm-hm" that the provider understood is on record, not answered, and the reply goes on', () => {
  reply();
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  pass(300, ben);
  pass(600);
  turn('u', 'Mm-hm.');
  expect(turns()).toMatchObject([{ text: 'Mm-hm.', answer: 'nothing-said' }]);
  pass(5_000);
  expect(replies()).toMatchObject([{ status: 'completed', heardMs: 4_000, heardText: null }]);
  expect(link.calls).toEqual([]);
});

test('"yes" after the reply is an answer', () => {
  reply({ heardMs: 3_900 });
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  pass(300, ben);
  turn('u', 'Yes.');
  expect(turns()).toMatchObject([{ answer: 'asked' }]);
  expect(link.named('createResponse')).toHaveLength(1);
});

test('M71 a short "Stop." ends the reply when it is understood, without a click', () => {
  reply();
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  pass(300, ben);
  pass(600);
  heard = [];
  turn('u', 'Stop.');
  pass(100);
  expect(heard.map((peak) => peak > 0)).toEqual([true, false, false, false, false]);
  // The frame that fades away is not counted.
  expect(link.named('truncate')).toEqual([['truncate', 'i', 0, 1_900]]);
  expect(replies()).toMatchObject([{ status: 'cancelled', heardMs: 1_900 }]);
});

describe('an interruption that was none', () => {
  const laugh = (ms: number) => {
    pass(ms, ben);
    link.say('speechStarted', { itemId: 'u', atMs: 0 });
  };

  test('M74 goes on from where it stopped: nothing twice, nothing lost, the provider is told nothing', () => {
    reply();
    laugh(600);
    pass(600);
    turn('u', '');
    expect(assistant.state.phase).toBe('speaking');
    pass(5_000);
    expect(link.calls).toEqual([]);
    expect(loud()).toBe(4_000);
    const [cut, rest] = replies();
    expect(cut).toMatchObject({ itemId: 'i', status: 'cancelled', audioMs: 1_400, heardMs: 1_400 });
    expect(rest).toMatchObject({ itemId: 'i+1400', resumes: 'i', status: 'completed', audioMs: 2_600 });
    expect(rest?.heardMs).toBe(2_600);
    expect(`${cut?.heardText}${rest?.text}`).toBe(LONG);
    expect(cut?.text).toBe(cut?.heardText);
    expect(deltas.at(-1)).toBe(`i+1400: ${rest?.text}`);
  });

  test('M74 of which the provider makes no turn: on after 700 ms of silence', () => {
    reply();
    heard = [];
    pass(500, ben);
    pass(680);
    expect(loud()).toBe(400);
    pass(40);
    expect(assistant.state.phase).toBe('speaking');
    expect(loud()).toBeGreaterThan(400);
  });

  test('M74 while the response is still being made: what comes meanwhile is heard too', () => {
    reply({ done: false });
    laugh(600);
    const of = { responseId: 'r', itemId: 'i' };
    link.say('audioDelta', { ...of, contentIndex: 0, pcm: new Int16Array(24_000).fill(8_000) });
    finish('completed');
    turn('u', '');
    pass(600);
    pass(5_000);
    expect(link.calls).toEqual([]);
    expect(loud()).toBe(5_000);
  });

  test('somebody else goes on speaking: not yet', () => {
    reply();
    laugh(600);
    turn('u', '');
    pass(400, ben);
    expect(assistant.state.phase).toBe('listening');
    pass(720);
    expect(assistant.state.phase).toBe('speaking');
  });

  test('mm-hm mm-hm, long enough to cut', () => {
    reply();
    laugh(500);
    pass(300);
    turn('u', 'Mm-hm, mm-hm.');
    expect(assistant.state.phase).toBe('speaking');
    expect(turns()).toMatchObject([{ answer: 'nothing-said' }]);
    expect(link.calls).toEqual([]);
  });

  test('the answer to text typed meanwhile waits for the decision', () => {
    reply();
    laugh(600);
    assistant.sendText({ id: 'later', participantId: ben, name: 'Ben', text: 'And this?' });
    expect(link.named('createResponse')).toHaveLength(0);
    pass(300);
    turn('u', '');
    expect(link.named('createResponse')).toHaveLength(1);
    expect(link.named('truncate')).toHaveLength(0);
  });
});

test('M72 text typed before the cut is final: truncated first, then asked', () => {
  reply();
  pass(600, ben);
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  assistant.sendText({ id: 'later', participantId: ben, name: 'Ben', text: 'And this?' });
  turn('u', 'Hold on.');
  const order = link.calls.map(([name]) => name).filter((name) => name !== 'createItem');
  expect(order).toEqual(['truncate', 'createResponse']);
});

test('M72 whoever speaks on for long means it, whatever the words', () => {
  reply();
  pass(400 + 2_500, ben);
  expect(link.named('truncate')).toEqual([['truncate', 'i', 0, 1_400]]);
  expect(replies()).toMatchObject([{ status: 'cancelled', heardMs: 1_400 }]);
});

test('M72 a transcript that does not come: the answer is asked for all the same, and the cut is final', () => {
  reply();
  pass(600, ben);
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  link.say('speechStopped', { itemId: 'u', atMs: 500 });
  pass(3_100);
  const order = link.calls.map(([name]) => name);
  expect(order.filter((name) => name !== 'createItem')).toEqual(['truncate', 'createResponse']);
});

test('M73 truncated at what was heard, not at what was sent: the devices say so', () => {
  reply();
  pass(600, ben);
  // 340 ms of it never reached anybody.
  const device = newParticipantId();
  assistant.reported(device, { rtpTimestamp: rtp - 17 * 960, ageMs: 600, outputDelayMs: 0 });
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  turn('u', 'Stop it.');
  const [[, , , atMs] = []] = link.named('truncate');
  expect(Math.abs((atMs ?? 0) - 1_060)).toBeLessThanOrEqual(20);
  expect(replies()[0]?.heardMs).toBe(atMs);
});

describe('before the first sound', () => {
  beforeEach(() => {
    assistant.sendText({ id: 't', participantId: ben, name: 'Ben', text: 'Hello?' });
    link.deliver();
    link.say('speechStarted', { itemId: 'u', atMs: 0 });
  });

  test('words: the answer is owed, together with the one to them', () => {
    link.deliverAll();
    pass(200, ben);
    expect(loud()).toBe(0);
    turn('u', 'And goodbye.');
    link.deliverAll();
    expect(link.named('truncate')).toEqual([['truncate', 'item_2', 0, 0]]);
    expect(link.named('createResponse')).toHaveLength(2);
  });

  test('a cough: the answer is heard, as it was made', () => {
    link.deliverAll();
    pass(160, ben);
    pass(200);
    turn('u', '');
    pass(600);
    expect(loud()).toBe(FAKE_REPLY.pieces * FAKE_REPLY.pieceMs);
    expect(link.named('cancelResponse')).toEqual([]);
    expect(link.named('createResponse')).toHaveLength(1);
    expect(replies()).toMatchObject([{ status: 'completed', resumes: null }]);
  });
});

test('the link dies while the reply is cut: it stays cut, and the next link knows what was heard', async () => {
  reply();
  pass(600, ben);
  link.lose();
  expect(replies()).toMatchObject([{ status: 'cancelled', heardMs: 1_400 }]);
  expect(assistant.hasOutput).toBe(false);
  clock.turn(500);
  await new Promise<void>((resolve) => setImmediate(resolve));
  const [, answer] = provider.link.named('createItem');
  expect(answer?.[1].text).toMatch(/^Well, let me see what there.* …$/);
});

test('the room closes while the reply is cut', () => {
  reply();
  pass(600, ben);
  assistant.close();
  expect(replies()).toMatchObject([{ status: 'cancelled', heardMs: 1_400 }]);
  expect(clock.timers).toBe(0);
});

test('M70 switched off: people talk, the reply goes on, and what they said is answered after it', async () => {
  await make({ enabled: false, minSpeechMs: 400 });
  reply();
  heard = [];
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  pass(1_000, ben);
  turn('u', 'Stop it please.');
  pass(4_000);
  expect(loud()).toBe(3_000);
  expect(replies()).toMatchObject([{ status: 'completed' }]);
  expect(link.named('createResponse')).toHaveLength(1);
});

test('M75 its own words, come back through a loudspeaker, are no turn to answer', () => {
  reply();
  pass(300, ben);
  // Found out after 300 ms: that was not Ben.
  overhear(20, { speaking: NOBODY, echoes: new Set([ben]), found: new Set([ben]) });
  link.say('speechStarted', { itemId: 'u', atMs: 0 });
  overhear(700, { speaking: NOBODY, echoes: new Set([ben]), found: NOBODY });
  turn('u', 'Well, let me see what there is.');
  expect(turns()).toMatchObject([{ speakers: [], answer: 'nothing-said' }]);
  expect(assistant.state.phase).toBe('speaking');
  pass(4_000);
  expect(link.calls).toEqual([]);
  expect(replies()).toMatchObject([{ status: 'completed', heardMs: 4_000 }]);
});
