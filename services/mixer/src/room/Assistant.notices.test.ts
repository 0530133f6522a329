import { beforeEach, expect, test } from 'vitest';
import { anna, AssistantStage, ben, type StageOptions } from '../testing/AssistantStage.ts';
import { FakeDesk } from '../testing/FakeDesk.ts';
import type { FakeLink } from '../testing/FakeLink.ts';
import { LOOK_MS, MAX_AT_ONCE } from './Notices.ts';
import { QUIET_MS } from './NoticeTeller.ts';

let stage: AssistantStage;
let desk: FakeDesk;
let link: FakeLink;

async function open(options: StageOptions = {}): Promise<void> {
  desk = new FakeDesk();
  stage = new AssistantStage({ desk, ...options });
  stage.assistant.meet(anna, 'owner');
  stage.assistant.meet(ben, 'speaker');
  link = await stage.connected();
}

beforeEach(() => open());

const asked = (of = link) => of.named('createResponse').length;
const told = (of = link) => stage.told(of).filter((text) => text.startsWith('system: Job '));
/** All that was asked for is said and heard. */
function hearAll(): void {
  stage.link.deliverAll();
  stage.hear();
}
const look = () => stage.turn(LOOK_MS);

test('M123 a result is told at once while nobody speaks, and taken away when it was heard', async () => {
  const { id } = await desk.post({ text: 'Built a page.' });
  expect(told()).toEqual([
    expect.stringMatching(/^system: Job 7, .* is done\..*three sentences.*Built a page/s),
  ]);
  expect(asked()).toBe(1);
  link.deliverAll();
  await look();
  expect(desk.toldIds).toEqual([]);
  stage.hear();
  await look();
  expect(desk.toldIds).toEqual([[id]]);
  await look();
  expect(stage.clock.timers).toBe(1);
});

test('M123 never over somebody who speaks', async () => {
  stage.speak(500);
  await desk.post();
  await look();
  expect(asked()).toBe(0);
  stage.beSilent(600);
  link.deliverAll();
  hearAll();
  expect(asked()).toBe(1);
  await look();
  expect(told()).toEqual([]);
  stage.beSilent(QUIET_MS);
  await look();
  expect(told()).toHaveLength(1);
  expect(asked()).toBe(2);
});

test('M123 never over people who speak to each other while turns are made by holding', async () => {
  await open({ conversation: { answer: 'push-to-talk' } });
  const chat = () => stage.assistant.hear({ speaking: new Set([anna]), echoes: new Set(), found: new Set() });
  chat();
  await desk.post();
  for (let i = 0; i < 10; i++) {
    chat();
    await look();
  }
  expect(asked()).toBe(0);
  await stage.turn(QUIET_MS);
  await look();
  expect(asked()).toBe(1);
});

test('M123 never while an answer is made, heard or owed', async () => {
  stage.type('Hello');
  await desk.post();
  await look();
  link.deliverAll();
  await look();
  expect(asked()).toBe(1);
  stage.hear();
  await look();
  expect(asked()).toBe(2);
  hearAll();
  link.functionCalls = [{ callId: 'c1', name: 'code', arguments: '{}' }];
  stage.type('Use code');
  link.deliverAll();
  await desk.post({ number: 8 });
  await look();
  expect(told()).toHaveLength(1);
  await desk.answer('c1');
  expect(told()).toHaveLength(1);
  hearAll();
  await look();
  expect(told()).toHaveLength(2);
});

test('M124 several become one answer; too many come in the next breath', async () => {
  stage.speak(500);
  for (let number = 1; number <= MAX_AT_ONCE + 1; number++) await desk.post({ number });
  stage.beSilent(600);
  link.deliverAll();
  hearAll();
  stage.beSilent(QUIET_MS);
  await look();
  expect(told()).toHaveLength(MAX_AT_ONCE);
  expect(asked()).toBe(2);
  hearAll();
  await look();
  expect(told()).toHaveLength(MAX_AT_ONCE + 1);
  expect(asked()).toBe(3);
});

test('M124 read twice, told once; what could not be taken away is taken away later', async () => {
  const notice = await desk.post();
  desk.events.emit('news');
  desk.away = new Error('Redis is away');
  hearAll();
  await look();
  desk.away = undefined;
  desk.events.emit('news');
  await look();
  expect(desk.kept.size).toBe(0);
  expect(new Set(desk.toldIds.flat())).toEqual(new Set([notice.id]));
  expect(told()).toHaveLength(1);
  expect(asked()).toBe(1);
});

test('M124 what waits at the desk is read when there is a link', async () => {
  desk = new FakeDesk();
  await desk.post();
  stage = new AssistantStage({ desk });
  link = await stage.connected();
  await look();
  expect(told()).toHaveLength(1);
});

test('M125 who is interrupted at once tells it again; it is put in once', async () => {
  await desk.post();
  link.deliverAll();
  stage.hear(10);
  stage.speakOver(600, ben);
  stage.beSilent(600);
  link.deliverAll();
  hearAll();
  stage.beSilent(QUIET_MS);
  await stage.turn(QUIET_MS + LOOK_MS);
  expect(told()).toHaveLength(1);
  expect(stage.data('reply:completed').map(({ status }) => status)).toEqual(['cancelled', 'completed']);
  // The answer to who interrupted knows of the result, too.
  expect(desk.kept.size).toBe(0);
});

test('M125 an answer that fails is asked for again, three times at most', async () => {
  const { id } = await desk.post();
  for (let i = 1; i <= 3; i++) {
    expect(asked()).toBe(i);
    link.deliver();
    link.say('responseDone', {
      responseId: `resp_${i}`,
      status: 'failed',
      error: { code: 'x', message: 'No.' },
      usage: undefined,
    });
    link.forget();
    await look();
  }
  expect(asked()).toBe(3);
  expect(desk.toldIds).toEqual([[id]]);
});

test('M125 a link that is lost: the next one knows of it, and tells it', async () => {
  await desk.post();
  link.lose();
  await stage.turn(500);
  expect(told(stage.link)).toHaveLength(1);
  expect(asked(stage.link)).toBe(1);
  hearAll();
  await look();
  expect(desk.kept.size).toBe(0);
});

test('M125 a room that closes before leaves it at the desk', async () => {
  await desk.post();
  stage.assistant.close();
  expect(desk.kept.size).toBe(1);
  expect(stage.clock.timers).toBe(0);
});

test('M126 a scribe knows it and says nothing', async () => {
  await open({ conversation: { answer: 'scribe' } });
  await desk.post();
  expect(told()).toHaveLength(1);
  expect(asked()).toBe(0);
  expect(desk.kept.size).toBe(0);
});

test.each(['addressed', 'push-to-talk'] as const)('M126 it is told in mode %s', async (answer) => {
  await open({ conversation: { answer } });
  await desk.post();
  expect(asked()).toBe(1);
});

test('M121 what the model calls at a result has the cause of the job', async () => {
  const cause = {
    askers: [{ participantId: ben, name: 'Ben', role: 'speaker' as const, share: 1 }],
    overlap: 0,
    by: 'text' as const,
    words: 'Use code',
  };
  stage.exchange('Hello');
  link.functionCalls = [{ callId: 'c1', name: 'code', arguments: '{}' }];
  await desk.post({ cause });
  link.deliverAll();
  expect(desk.calls[0]?.cause).toEqual(cause);
  expect(told()[0]).toContain('Job 7 for Ben');
});
