import { beforeEach, describe, expect, test } from 'vitest';
import { anna, AssistantStage, type StageOptions } from '../testing/AssistantStage.ts';
import { FakeDesk } from '../testing/FakeDesk.ts';
import { FAKE_REPLY, type FakeLink } from '../testing/FakeLink.ts';
import { SUMMARY_QUESTION } from './wording.ts';

/** A provider that lets a link live for a minute: the next one is made after 55 s, and takes over at 57.5 s. */
const LIFE_MS = 60_000;
const DUE_MS = 55_000;
const LATE_MS = 2_540;

let stage: AssistantStage;
let old: FakeLink;

beforeEach(async () => {
  await open();
});

async function open(options: StageOptions = {}): Promise<void> {
  stage = new AssistantStage(options);
  stage.provider.expiresInMs = LIFE_MS;
  old = await stage.connected();
}

/** The next link waits for its moment, because a reply of which `frames` were heard keeps the room busy. */
async function ready(frames = 1): Promise<FakeLink> {
  stage.type('Hello?');
  old.deliverAll();
  stage.hear(frames);
  await stage.turn(DUE_MS);
  expect(stage.provider.links).toHaveLength(2);
  expect(stage.data('assistant:rolled-over')).toEqual([]);
  return stage.link;
}

/** The time for a good moment is over. */
const force = () => stage.turn(LATE_MS);

test('M101 in silence: the next link knows what was said, and nobody notices', async () => {
  stage.exchange('Hello?');
  stage.beSilent(1_000);
  await stage.turn(DUE_MS);
  const next = stage.link;
  expect(stage.data('assistant:rolled-over')).toEqual([
    { reason: 'age', replayed: 2, summarised: 0, gapMs: 0 },
  ]);
  expect(stage.told(next)).toEqual(['user: Anna (typed): Hello?', `assistant: ${FAKE_REPLY.text}`]);
  expect(stage.notices).toEqual([]);
  expect(stage.data('assistant:disconnected')).toEqual([]);
  expect(stage.data('assistant:connected')).toHaveLength(1);

  stage.speak(400);
  stage.beSilent(600);
  next.deliverAll();
  expect(old.heard).toBe(1_000 * 24);
  expect(stage.data('turn:completed')).toMatchObject([
    { startMs: 1_000, speakers: [{ participantId: anna, share: 1 }] },
  ]);
  expect(stage.hear()).toBe(20);
  await stage.turn(2_000);
  expect(old.closed?.code).toBe('closed');
  expect(stage.notices).toEqual([]);
});

test('M101 not while a reply is heard', async () => {
  await ready();
  stage.hear();
  await stage.turn(40);
  expect(stage.data('assistant:rolled-over')).toHaveLength(1);
});

describe('a reply in flight when there is no more time', () => {
  /** Half of the reply has come; its link has just been replaced. */
  async function seam(): Promise<FakeLink> {
    await stage.turn(DUE_MS - 5_000);
    stage.type('Hello?');
    old.deliver();
    old.deliver();
    await stage.turn(5_000);
    await force();
    expect(stage.data('assistant:rolled-over')).toHaveLength(1);
    return stage.link;
  }

  test('M102 it is said to the end, once, and the next link hears of it before it answers', async () => {
    const next = await seam();
    stage.type('And now?');
    expect(next.named('createResponse')).toEqual([]);
    old.deliverAll();
    expect(next.named('createResponse')).toHaveLength(1);
    expect(stage.told(next)).toEqual([
      'user: Anna (typed): Hello?',
      'system: Anna typed this:',
      'user: And now?',
      `assistant: ${FAKE_REPLY.text}`,
    ]);
    next.deliverAll();
    expect(stage.hear()).toBe(40);
    expect(stage.data('reply:completed').map(({ status, heardMs }) => [status, heardMs])).toEqual([
      ['completed', 400],
      ['completed', 400],
    ]);
    await stage.turn(2_000);
    expect(old.closed?.code).toBe('closed');
    expect(stage.notices).toEqual([]);
  });

  test('M102 its words outlast the old link: the next one hears of them as soon as they are said', async () => {
    const next = await seam();
    old.deliverAll();
    await stage.turn(2_000);
    expect(old.closed?.code).toBe('closed');
    expect(stage.told(next)).toEqual(['user: Anna (typed): Hello?']);
    stage.hear();
    expect(stage.told(next)).toEqual(['user: Anna (typed): Hello?', `assistant: ${FAKE_REPLY.text}`]);
  });

  test('M43 somebody speaks into it: the old link is told, the new one knows what was heard', async () => {
    const next = await seam();
    stage.hear(5);
    stage.speakOver(500);
    stage.beSilent(600);
    next.deliverAll();
    expect(old.named('cancelResponse')).toHaveLength(1);
    expect(old.named('truncate')).toEqual([['truncate', 'item_2', 0, 100]]);
    expect(next.named('truncate')).toEqual([]);
    old.deliverAll();
    expect(stage.data('reply:completed')).toMatchObject([{ status: 'cancelled', heardMs: 100 }]);
  });

  test('M102 its link dies: incomplete, on record, and the room is told', async () => {
    await seam();
    old.lose();
    await stage.turn(40);
    stage.hear();
    expect(stage.data('reply:completed')).toMatchObject([{ status: 'incomplete', heardMs: 200 }]);
    expect(stage.notices).toEqual([
      'error: Some words were lost while the connection to the voice was renewed.',
    ]);
    expect(stage.assistant.state.phase).toBe('listening');
  });
});

describe('a turn that is open when there is no more time', () => {
  async function seam(): Promise<FakeLink> {
    const next = await ready();
    stage.hear();
    stage.speak(400);
    await force();
    expect(stage.data('assistant:rolled-over')).toHaveLength(1);
    return next;
  }

  test('M102 both halves are on record, side by side, and answered together', async () => {
    const next = await seam();
    old.deliverAll();
    stage.speak(300);
    next.deliver();
    await stage.turn(600);
    old.deliverAll();
    const [first] = stage.data('turn:completed');
    expect(first).toMatchObject({ text: 'Some words.', startMs: 0, endMs: 400 });
    // The speech goes on at the new link: nothing is asked for in the middle of it.
    expect(next.named('createResponse')).toEqual([]);
    expect(stage.told(next).at(-1)).toBe('user: Anna: Some words.');
    stage.beSilent(600);
    next.deliverAll();
    const [, second] = stage.data('turn:completed');
    expect(second?.startMs).toBe(400);
    expect(second?.endMs).toBeGreaterThanOrEqual(1_200);
    expect(next.named('createResponse')).toHaveLength(1);
    expect(stage.notices).toEqual([]);
  });

  test('M102 the old link does not say what it heard: on record with the reason, and the room is told', async () => {
    await seam();
    old.deliverAll();
    await stage.turn(30_100);
    expect(stage.data('turn:completed')[0]?.failure).toBeTruthy();
    expect(stage.notices).toHaveLength(1);
  });
});

test('M102 a button held over the seam: both halves are turns, and answered together', async () => {
  await open({ conversation: { answer: 'push-to-talk' } });
  await stage.turn(DUE_MS);
  expect(stage.data('assistant:rolled-over')).toHaveLength(1);
  await stage.turn(2_000);
  const second = stage.link;
  stage.assistant.hold([anna]);
  stage.speak(400);
  await stage.turn(DUE_MS - 2_000);
  await force();
  expect(stage.data('assistant:rolled-over')).toHaveLength(2);
  expect(second.named('commitAudio')).toHaveLength(1);
  second.deliverAll();
  stage.speak(300);
  stage.assistant.hold([]);
  await stage.turn(240);
  stage.link.deliverAll();
  expect(stage.data('turn:completed')).toMatchObject([
    { startMs: 0, endMs: 400, answer: 'asked' },
    { startMs: 400, endMs: 700, answer: 'asked' },
  ]);
  expect(stage.link.named('createResponse')).toHaveLength(1);
  expect(second.named('createResponse')).toEqual([]);
});

test('M104 a call that is out is known to the next link, and so is its answer', async () => {
  const desk = new FakeDesk();
  await open({ desk });
  stage.beSilent(1_000);
  await stage.turn(DUE_MS - 1_000);
  const call = { responseId: 'r', callId: 'c1', name: 'code', arguments: '{"task":"x"}' };
  old.say('toolCalled', call);
  old.say('responseDone', { responseId: 'r', status: 'completed', error: undefined, usage: undefined });
  await stage.turn(1_000);
  const next = stage.link;
  await desk.answer('c1', 'done');
  expect(stage.told(next)).toEqual([
    'system: You have called the tool code with {"task":"x"}. Its answer comes later.',
    'system: The tool code, called earlier, answers: done',
  ]);
  expect(old.named('sendToolOutput')).toEqual([]);
  expect(next.named('createResponse')).toHaveLength(1);
});

describe('a long conversation', () => {
  const talk = (exchanges: number) => {
    for (let i = 0; i < exchanges; i++) stage.exchange(`Question ${i}?`);
    stage.beSilent(1_000);
  };

  test('M105 its older part is put down by the old link, the rest is told word for word', async () => {
    talk(15);
    await stage.turn(DUE_MS);
    expect(old.named('ask').map(([, question]) => question)).toEqual([SUMMARY_QUESTION]);
    expect(stage.data('assistant:rolled-over')).toEqual([]);
    old.deliverAll();
    await stage.turn(40);
    const told = stage.told(stage.link);
    expect(told).toHaveLength(21);
    expect(told[0]).toBe('system: What was said before, in short:\nThey have talked.');
    expect(told[1]).toBe('user: Anna (typed): Question 5?');
    expect(stage.data('assistant:rolled-over')).toMatchObject([{ replayed: 20, summarised: 10 }]);
    // It was paid for.
    expect(stage.data('usage:recorded').at(-1)?.causedBy).toEqual([]);
  });

  test.each(['refuses', 'is silent'])('M105 first words must do when the old link %s', async (how) => {
    talk(11);
    old.summary = undefined;
    await stage.turn(DUE_MS);
    if (how === 'refuses') old.deliverAll();
    await stage.turn(10_000);
    await stage.turn(40);
    expect(stage.told(stage.link)[0]).toBe(
      `system: What was said before, in short:\nAnna (typed): Question 0?\nYou: ${FAKE_REPLY.text}`,
    );
  });
});

describe('the old link dies', () => {
  test('M103 while the next one waits: that one takes over at once', async () => {
    await ready();
    old.lose();
    expect(stage.provider.links).toHaveLength(2);
    expect(stage.assistant.state.phase).toBe('speaking');
    expect(stage.data('assistant:rolled-over')).toMatchObject([{ reason: 'lost', gapMs: 0 }]);
  });

  test('M103 and there is none: the seam is marked with its gap when there is one again', async () => {
    stage.exchange('Hello?');
    old.lose();
    await stage.turn(500);
    expect(stage.data('assistant:rolled-over')).toEqual([
      { reason: 'lost', replayed: 2, summarised: 0, gapMs: 500 },
    ]);
  });
});

test('M103 answers that read much are a reason too', async () => {
  stage = new AssistantStage({ rollOverAfterTokens: 13 });
  old = await stage.connected();
  stage.exchange('Hello?');
  stage.beSilent(1_000);
  await stage.turn(120_000);
  stage.exchange('And now?');
  stage.beSilent(1_000);
  await stage.turn(40);
  expect(stage.data('assistant:rolled-over')).toMatchObject([{ reason: 'cost' }]);
});

test('M4 closed in the middle of a seam: no link, no timer', async () => {
  await ready();
  stage.hear();
  await stage.turn(40);
  stage.assistant.close();
  expect(stage.provider.links.every(({ closed }) => closed)).toBe(true);
  expect(stage.clock.timers).toBe(0);
});
