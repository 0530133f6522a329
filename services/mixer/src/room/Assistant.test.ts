import { DEFAULT_CONVERSATION, EVENT_DATA, newParticipantId, type AssistantPhase } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { FakeDesk } from '../testing/FakeDesk.ts';
import { FAKE_REPLY, type FakeLink } from '../testing/FakeLink.ts';
import { FakeProvider } from '../testing/FakeProvider.ts';
import { Assistant, type AssistantFact } from './Assistant.ts';
import { LinkRefused } from './ports.ts';
import { ALREADY_ACTIVE, STUCK_MS } from './ResponseQueue.ts';

const anna = newParticipantId();
const ben = newParticipantId();
const names = new Map([
  [anna, 'Anna'],
  [ben, 'Ben'],
]);
const SPEECH = new Int16Array(480).fill(8_000);
const SILENCE = new Int16Array(480);

let clock: FakeClock;
let provider: FakeProvider;
let assistant: Assistant;
let facts: AssistantFact[];
let phases: AssistantPhase[];
let notices: string[];
let deltas: string[];

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function make(options: Partial<ConstructorParameters<typeof Assistant>[0]> = {}): Assistant {
  const made = new Assistant({
    settings: {
      agentName: 'Ada',
      systemPrompt: 'Be kind.',
      voice: 'cedar',
      conversation: DEFAULT_CONVERSATION,
    },
    connect: provider.connect,
    clock,
    log: silentLog,
    simulated: true,
    provider: 'fake',
    model: 'gpt-fake',
    random: () => 1,
    ...options,
  });
  made.events.on('fact', (fact) => {
    expect(EVENT_DATA[fact.type].safeParse(fact.data).error).toBeUndefined();
    facts.push(fact);
  });
  made.events.on('state', ({ phase }) => phases.push(phase));
  made.events.on('notice', (level, message) => notices.push(`${level}: ${message}`));
  made.events.on('delta', ({ role, delta }) => deltas.push(`${role}: ${delta}`));
  return made;
}

beforeEach(() => {
  clock = new FakeClock();
  provider = new FakeProvider();
  facts = [];
  phases = [];
  notices = [];
  deltas = [];
  assistant = make();
});

async function connected(): Promise<FakeLink> {
  assistant.start();
  await assistant.settled();
  return provider.link;
}

function speak(ms: number, voices: [typeof anna, number][] = [[anna, -20]], frame = SPEECH): void {
  for (let i = 0; i < ms / 20; i++) assistant.pushInput(frame, new Map(voices), names);
}
const beSilent = (ms: number) => speak(ms, [], SILENCE);
const ofType = <Type extends AssistantFact['type']>(type: Type) =>
  facts.filter((fact): fact is Extract<AssistantFact, { type: Type }> => fact.type === type);
const pullAll = () => {
  let frames = 0;
  while (assistant.pullOutput()) frames += 1;
  return frames;
};
const text = (id = 't1', words = 'Hello?') =>
  assistant.sendText({ id, participantId: ben, name: 'Ben', text: words });
/** Somebody has asked, and the reply is on its way: all of it queued, `heardMs` of it heard. */
async function replying(heardMs: number, { done }: { done: boolean }): Promise<FakeLink> {
  const link = await connected();
  text();
  for (let i = 0; i < (done ? 6 : 5); i++) link.deliver();
  for (let ms = 0; ms < heardMs; ms += 20) assistant.pullOutput();
  return link;
}

test('connects with the settings of the session', async () => {
  expect(assistant.state).toEqual({ phase: 'connecting', simulated: true, message: null });
  await connected();
  expect(assistant.state.phase).toBe('listening');
  expect(provider.settings[0]?.voice).toBe('cedar');
  expect(provider.settings[0]?.instructions).toMatch(/^You are Ada.*Be kind\.$/s);
  expect(facts).toEqual([
    { type: 'assistant:connected', data: { provider: 'fake', model: 'gpt-fake', simulated: true } },
  ]);
});

test('a spoken turn: who spoke, an answer with a note before it, usage, the reply as it was heard', async () => {
  const link = await connected();
  speak(800);
  speak(200, [
    [anna, -20],
    [ben, -20],
  ]);
  beSilent(600);
  link.deliverAll();
  const [turn] = ofType('turn:completed');
  expect(turn?.data).toMatchObject({ text: 'Some words.', failure: null, startMs: 0 });
  expect(turn?.data.speakers.map(({ name }) => name)).toEqual(['Anna', 'Ben']);
  expect(turn?.data.speakers[0]?.share).toBeCloseTo(0.9, 1);
  expect(turn?.data.overlap).toBeCloseTo(0.2, 1);
  expect(link.calls.map(([name]) => name)).toEqual(['createItem', 'createResponse']);
  expect(link.named('createItem')[0]?.[1]).toMatchObject({
    role: 'system',
    text: expect.stringMatching(/^Speaking: Anna 9\d %, Ben \d+ %, partly at the same time\.$/) as string,
  });
  expect(phases).toEqual(['listening', 'thinking', 'speaking']);
  expect(ofType('usage:recorded')).toHaveLength(1);
  expect(ofType('reply:completed')).toEqual([]);
  expect(pullAll()).toBe(20);
  expect(ofType('reply:completed')[0]?.data).toMatchObject({
    status: 'completed',
    text: FAKE_REPLY.text,
    audioMs: 400,
    heardMs: 400,
  });
  expect(assistant.state.phase).toBe('listening');
  expect(assistant.hasOutput).toBe(false);
  expect(deltas).toEqual([`assistant: ${FAKE_REPLY.text}`]);
  // The one that is left waits for the link to grow old.
  expect(clock.timers).toBe(1);
});

test('typed text is on record once, and answered', async () => {
  const link = await connected();
  text();
  text();
  assistant.sendText({ id: 't1', participantId: anna, name: 'Anna', text: 'Mine.' });
  expect(ofType('text:sent').map(({ data }) => data.text)).toEqual(['Hello?', 'Mine.']);
  expect(link.calls.map(([name]) => name)).toEqual([
    'createItem',
    'createItem',
    'createResponse',
    'createItem',
    'createItem',
  ]);
  expect(link.named('createItem').map(([, item]) => `${item.role}: ${item.text}`)).toEqual([
    'system: Ben typed this:',
    'user: Hello?',
    'system: Anna typed this:',
    'user: Mine.',
  ]);
  for (const [, item] of link.named('createItem')) expect(item.id.length).toBeLessThanOrEqual(32);
  link.deliverAll();
  expect(link.named('createResponse')).toHaveLength(2);
});

test('a slow transcript holds the answer up for 3 s only', async () => {
  const link = await connected();
  link.say('speechStarted', { itemId: 'a', atMs: 0 });
  link.say('speechStopped', { itemId: 'a', atMs: 500 });
  link.say('committed', { itemId: 'a' });
  link.say('transcriptDelta', { itemId: 'a', delta: 'Hel' });
  clock.turn(2_999);
  expect(link.named('createResponse')).toHaveLength(0);
  clock.turn(1);
  expect(link.named('createResponse')).toHaveLength(1);
  link.say('transcriptCompleted', { itemId: 'a', text: 'Hello.' });
  link.say('transcriptDelta', { itemId: 'a', delta: 'lo' });
  expect(link.named('createResponse')).toHaveLength(1);
  expect(ofType('turn:completed')).toHaveLength(1);
  expect(deltas).toEqual(['user: Hel']);
});

describe('the link dies', () => {
  test('while it is asked: the reply has failed, the next link knows everything and is asked again', async () => {
    const link = await connected();
    speak(100);
    beSilent(600);
    link.deliverAll();
    pullAll();
    text();
    link.deliver();
    link.lose();
    expect(assistant.state).toMatchObject({ phase: 'unavailable', message: 'The cable is cut.' });
    expect(ofType('reply:completed').at(-1)?.data).toMatchObject({ status: 'failed', heardMs: 0 });
    expect(ofType('assistant:disconnected')[0]?.data).toEqual({
      message: 'The cable is cut.',
      retryInMs: 500,
    });
    clock.turn(500);
    await settle();
    const next = provider.link;
    expect(next).not.toBe(link);
    expect(next.named('createItem').map(([, { role, text }]) => [role, text])).toEqual([
      ['user', 'Anna: Some words.'],
      ['assistant', FAKE_REPLY.text],
      ['user', 'Ben (typed): Hello?'],
    ]);
    expect(next.named('createResponse')).toHaveLength(1);
    expect(notices).toHaveLength(2);
    expect(notices[1]).toBe('info: The assistant is back.');
  });

  test('in the middle of a reply: what is there is heard, and it is incomplete', async () => {
    const link = await replying(100, { done: false });
    link.lose();
    expect(assistant.hasOutput).toBe(true);
    pullAll();
    expect(ofType('reply:completed')[0]?.data).toMatchObject({
      status: 'incomplete',
      audioMs: 400,
      heardMs: 400,
    });
    clock.turn(500);
    await settle();
    expect(provider.link.named('createResponse')).toHaveLength(0);
  });

  test('in the middle of a turn: on record with the reason', async () => {
    const link = await connected();
    speak(100);
    link.deliverAll();
    link.lose();
    expect(ofType('turn:completed')[0]?.data).toMatchObject({
      text: '',
      failure: expect.stringContaining('The cable is cut.') as string,
      endMs: 100,
    });
  });

  test('its last words are not listened to', async () => {
    const link = await connected();
    link.lose();
    link.say('speechStarted', { itemId: 'a', atMs: 0 });
    link.say('transcriptCompleted', { itemId: 'a', text: 'Hello.' });
    expect(ofType('turn:completed')).toEqual([]);
  });

  test('speech meanwhile goes to the next link, placed rightly', async () => {
    const link = await connected();
    beSilent(1_000);
    link.lose();
    beSilent(10_000);
    speak(400);
    beSilent(600);
    clock.turn(500);
    await settle();
    expect(provider.link.audioMs).toBe(5_000);
    provider.link.deliverAll();
    expect(ofType('turn:completed')[0]?.data).toMatchObject({
      startMs: 11_000,
      speakers: [{ name: 'Anna', share: 1 }],
    });
  });

  test('speech of long ago is not brought up again', async () => {
    const link = await connected();
    link.lose();
    provider.refusal = new LinkRefused('No.', { hopeless: false });
    speak(400);
    for (let i = 0; i < 5; i++) {
      clock.turn(4_000);
      await settle();
    }
    provider.refusal = undefined;
    clock.turn(30_000);
    await settle();
    expect(provider.link).not.toBe(link);
    expect(provider.link.audioMs).toBe(0);
    beSilent(100);
    provider.link.say('speechStarted', { itemId: 'a', atMs: 40 });
    provider.link.say('transcriptCompleted', { itemId: 'a', text: 'Hello.' });
    expect(ofType('turn:completed')[0]?.data).toMatchObject({ startMs: 440, endMs: 500 });
  });

  test('the provider has nothing to say for 30 s: it is replaced', async () => {
    const link = await connected();
    text();
    link.deliver();
    clock.turn(STUCK_MS);
    expect(link.closed?.code).toBe('closed');
    clock.turn(500);
    await settle();
    expect(provider.links).toHaveLength(2);
    expect(provider.link.named('createResponse')).toHaveLength(1);
  });

  test('after 60 minutes: told, replaced at once, remembered', async () => {
    const link = await connected();
    text();
    link.deliverAll();
    pullAll();
    clock.turn(3_600_000);
    link.say('rejected', { code: 'session_expired', message: '60 minutes.', causedBy: undefined });
    link.lose({ code: 'expired', message: '60 minutes.' });
    clock.turn(0);
    await settle();
    expect(assistant.state.phase).toBe('listening');
    expect(provider.link.named('createItem')).toHaveLength(2);
    expect(notices).toEqual([
      'info: The voice provider reports: 60 minutes.',
      'info: The assistant is back.',
    ]);
  });
});

test('no link at all: the session goes on, the same failure is told once', async () => {
  provider.refusal = new LinkRefused('Wrong key.', { hopeless: true });
  assistant.start();
  expect(await assistant.settled()).toEqual({
    phase: 'unavailable',
    simulated: true,
    message: 'Wrong key.',
  });
  text();
  for (let i = 0; i < 5; i++) {
    clock.turn(30_000);
    await settle();
  }
  expect(provider.attempts).toBe(6);
  expect(ofType('assistant:disconnected')).toHaveLength(1);
  expect(notices).toHaveLength(1);
  expect(ofType('text:sent')).toHaveLength(1);
});

describe('errors of the provider', () => {
  test('become a notice and a fact, and the session lives on', async () => {
    const link = await connected();
    link.say('rejected', { code: 'rate_limit_exceeded', message: 'Slow down.', causedBy: undefined });
    expect(notices).toEqual(['error: The voice provider reports: Slow down.']);
    expect(ofType('error:raised')[0]?.data).toMatchObject({
      source: 'provider',
      code: 'rate_limit_exceeded',
    });
    text();
    expect(link.named('createResponse')).toHaveLength(1);
  });

  test('a failed response says why', async () => {
    const link = await connected();
    text();
    link.deliver();
    const error = { code: 'insufficient_quota', message: 'No credit.' };
    link.say('responseDone', { responseId: 'resp_1', status: 'failed', error, usage: undefined });
    expect(notices).toEqual(['error: The assistant could not answer: No credit.']);
    expect(ofType('reply:completed')[0]?.data.status).toBe('failed');
    expect(assistant.state.phase).toBe('listening');
  });

  test('a race about the one active response is nobody else’s business', async () => {
    const link = await connected();
    text();
    link.say('rejected', { code: ALREADY_ACTIVE, message: 'Busy.', causedBy: 'response' });
    link.say('responseDone', {
      responseId: 'theirs',
      status: 'completed',
      error: undefined,
      usage: undefined,
    });
    expect(link.named('createResponse')).toHaveLength(2);
    expect(notices).toEqual([]);
  });

  test('a response told of twice is counted once', async () => {
    const link = await connected();
    text();
    link.deliverAll();
    const usage = ofType('usage:recorded')[0]?.data.usage;
    link.say('responseDone', { responseId: 'resp_1', status: 'failed', error: undefined, usage });
    expect(ofType('usage:recorded')).toHaveLength(1);
    expect(notices).toEqual([]);
  });
});

describe('tools', () => {
  const call = { responseId: 'r', callId: 'c1', name: 'code', arguments: '{"task":"x"}' };

  test('an unknown one is on record, answered at once, and the model goes on', async () => {
    const link = await connected();
    text();
    link.deliver();
    link.say('toolCalled', { ...call, responseId: 'resp_1' });
    link.say('toolCalled', { ...call, responseId: 'resp_1' });
    expect(ofType('tool:called').map(({ data }) => data)).toEqual([
      { callId: 'c1', name: 'code', arguments: '{"task":"x"}' },
    ]);
    expect(link.named('sendToolOutput')).toHaveLength(1);
    expect(link.named('sendToolOutput')[0]?.[2]).toContain('No tools are installed');
    expect(link.named('createResponse')).toHaveLength(1);
    link.deliverAll();
    expect(link.named('createResponse')).toHaveLength(2);
  });

  test('an installed one waits for its output, which counts once', async () => {
    const desk = new FakeDesk();
    assistant = make({ desk });
    const link = await connected();
    link.say('toolCalled', call);
    link.say('responseDone', { responseId: 'r', status: 'completed', error: undefined, usage: undefined });
    expect(link.named('sendToolOutput')).toEqual([]);
    await desk.answer('c1', 'done');
    await desk.answer('c1', 'done again');
    await desk.answer('c2', 'who?');
    expect(link.named('sendToolOutput')).toEqual([['sendToolOutput', 'c1', 'done']]);
    expect(link.named('createResponse')).toHaveLength(1);
    expect(provider.settings[0]?.tools).toHaveLength(5);
  });

  test('an output for a former link is told as text', async () => {
    const desk = new FakeDesk();
    assistant = make({ desk });
    const link = await connected();
    link.say('toolCalled', call);
    link.lose();
    clock.turn(500);
    await settle();
    await desk.answer('c1', 'done');
    expect(provider.link.named('sendToolOutput')).toEqual([]);
    expect(provider.link.named('createItem').at(-1)?.[1]).toMatchObject({
      role: 'system',
      text: 'The tool code, called earlier, answers: done',
    });
  });

  test('a model that only calls is stopped', async () => {
    const link = await connected();
    for (let i = 0; i < 20; i++) {
      link.say('toolCalled', { ...call, callId: `c${i}`, responseId: `r${i}` });
      link.say('responseDone', {
        responseId: `r${i}`,
        status: 'completed',
        error: undefined,
        usage: undefined,
      });
    }
    expect(link.named('sendToolOutput')).toHaveLength(20);
    expect(link.named('createResponse').length).toBeLessThanOrEqual(8);
    expect(notices).toEqual(['error: The assistant only calls tools. Say something to go on.']);
  });
});

test('positions are told five times a second', async () => {
  const positions: number[] = [];
  assistant.events.on('playout', ({ playedMs }) => positions.push(playedMs));
  await replying(380, { done: true });
  expect(positions).toEqual([20, 200]);
});

describe('close', () => {
  test('in the middle of everything: facts, then silence, no timer left', async () => {
    const link = await replying(100, { done: false });
    link.say('speechStopped', { itemId: 'a', atMs: 0 });
    assistant.close();
    assistant.close();
    expect(ofType('turn:completed')).toHaveLength(1);
    expect(ofType('reply:completed')[0]?.data).toMatchObject({ status: 'cancelled', heardMs: 100 });
    expect(link.closed?.code).toBe('closed');
    expect(clock.timers).toBe(0);
    const before = facts.length;
    text('t2');
    speak(100);
    link.say('speechStarted', { itemId: 'b', atMs: 0 });
    expect(assistant.pullOutput()).toBeUndefined();
    expect(facts).toHaveLength(before);
    expect(ofType('assistant:disconnected')).toEqual([]);
  });

  test('before the link is there', async () => {
    provider.gate = new Promise(() => undefined);
    assistant.start();
    assistant.close();
    await assistant.settled();
    expect(facts).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
