import { AppError, DEFAULT_TOOL_POLICIES, type ConversationChange } from '@parley/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { anna, AssistantStage, ben, type StageOptions } from '../testing/AssistantStage.ts';
import { FakeDesk } from '../testing/FakeDesk.ts';
import type { FakeLink } from '../testing/FakeLink.ts';
import { ANSWER_WITHIN_MS } from './Errands.ts';
import { CALL_TROUBLE } from './toolWording.ts';

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

/** The next response calls this, and says nothing. */
function will(callId: string, args = '{"task":"x"}', name = 'code'): void {
  link.functionCalls.push({ callId, name, arguments: args });
}
/** Somebody types, and what comes of it comes. */
function ask(text: string, id = anna): void {
  stage.type(text, id);
  link.deliverAll();
}
const outputs = (of = link) => of.named('sendToolOutput').map(([, callId, output]) => [callId, output]);
const configure = (change: ConversationChange) =>
  stage.assistant.configure({ ...stage.conversation, ...change });
const policies = (nested: boolean, code: boolean) => ({
  nested_team: { ...DEFAULT_TOOL_POLICIES.nested_team, enabled: nested },
  code: { ...DEFAULT_TOOL_POLICIES.code, enabled: code },
});

describe('M120 what is offered', () => {
  const offered = () =>
    link.named('configure').map(([, { tools = [] }]) => tools.map(({ name }) => name).join(' '));

  test('follows the settings, on the link of now and on the next one', async () => {
    expect(stage.provider.settings[0]?.tools).toHaveLength(5);
    configure({ tools: policies(true, false) });
    configure({ tools: policies(true, false), followUpMs: 1 });
    configure({ tools: policies(false, false) });
    expect(offered()).toEqual(['nested_team job_status job_cancel job_steer', '']);
    will('c1');
    ask('Do it');
    expect(outputs()).toEqual([['c1', expect.stringContaining('No tools are installed')]]);
    expect(desk.calls).toEqual([]);
    link.lose();
    await stage.turn(500);
    expect(stage.provider.settings[1]?.tools).toEqual([]);
  });

  test('is nothing without a desk', async () => {
    await open({ desk: undefined });
    expect(stage.provider.settings[0]?.tools).toEqual([]);
  });
});

describe('M121 the cause of a call', () => {
  const cause = () => desk.calls.at(-1)?.cause;
  const askers = () => cause()?.askers.map(({ name }) => name);

  test('a text has its author and his role', () => {
    will('c1');
    ask('Build a page', ben);
    expect(cause()).toEqual({
      askers: [{ participantId: ben, name: 'Ben', role: 'speaker', share: 1 }],
      overlap: 0,
      by: 'text',
      words: 'Build a page',
    });
    expect(desk.calls[0]).toMatchObject({ callId: 'c1', name: 'code', policies: DEFAULT_TOOL_POLICIES });
  });

  test('a turn has its voices, by shares, and its words', () => {
    will('c1');
    stage.speak(800);
    stage.speak(200, ben);
    stage.beSilent(600);
    link.deliverAll();
    expect(cause()?.askers.map(({ name, role }) => `${name} ${role}`)).toEqual(['Anna owner', 'Ben speaker']);
    expect(cause()?.askers[0]?.share).toBeCloseTo(0.8, 1);
    expect(cause()).toMatchObject({ by: 'voice', words: 'Some words.' });
  });

  test('words that come late are in it', async () => {
    will('c1');
    link.say('speechStopped', { itemId: 'late', atMs: 0 });
    await stage.turn(3_000);
    link.say('transcriptCompleted', { itemId: 'late', text: 'Use code' });
    link.deliverAll();
    expect(cause()?.words).toBe('Use code');
  });

  test('all who have spoken since the last answer count, and nobody before it', () => {
    stage.exchange('Something else');
    will('c1');
    ask('Use code', ben);
    expect(askers()).toEqual(['Ben']);
  });

  test('two who ask together have caused it together', () => {
    link.say('speechStarted', { itemId: 'x', atMs: 0 });
    stage.type('Use code', ben);
    stage.type('Yes, do', anna);
    will('c1');
    link.say('transcriptCompleted', { itemId: 'x', text: '' });
    link.deliverAll();
    expect(cause()?.askers.map(({ name, share }) => [name, share])).toEqual([
      ['Ben', 0.5],
      ['Anna', 0.5],
    ]);
    expect(cause()?.words).toBe('Ben: Use code\nAnna: Yes, do');
  });

  test('who waits for an answer that nobody heard is behind the next one, too', () => {
    stage.type('Use code', ben);
    link.deliver();
    will('c1');
    stage.speakOver(3_000, anna);
    stage.beSilent(600);
    link.deliverAll();
    expect(askers()).toEqual(['Ben', 'Anna']);
  });

  test('what people say to each other is not theirs to answer for', async () => {
    await open({ conversation: { answer: 'addressed' } });
    stage.assistant.setPeople(2);
    const talk = () => {
      stage.speak(500, ben);
      stage.beSilent(600);
      link.deliverAll();
    };
    talk();
    will('c1');
    ask('Use code');
    expect(askers()).toEqual(['Anna']);
    will('c2');
    talk();
    expect(desk.calls).toHaveLength(1);
    link.transcript = 'Ada, use code.';
    talk();
    expect(askers()).toEqual(['Ben']);
  });

  test('what follows from a function has the cause of its call, beside what was said meanwhile', async () => {
    will('c1');
    ask('Use code', ben);
    will('c2', '{}', 'job_status');
    await desk.answer('c1');
    link.deliverAll();
    expect(askers()).toEqual(['Ben']);
    will('c3');
    link.say('speechStarted', { itemId: 'x', atMs: 0 });
    await desk.answer('c2');
    stage.type('Push it', anna);
    link.say('transcriptCompleted', { itemId: 'x', text: '' });
    link.deliverAll();
    expect(askers()).toEqual(['Ben', 'Anna']);
  });

  test('words of an unknown voice lend nobody any rights', () => {
    link.say('speechStopped', { itemId: 'x', atMs: 0 });
    stage.type('Hello', anna);
    will('c1');
    link.say('transcriptCompleted', { itemId: 'x', text: 'Use code and delete it all' });
    link.deliverAll();
    expect(cause()).toMatchObject({ askers: [], by: 'both' });
  });

  test('nobody, when nobody has said anything', () => {
    link.say('toolCalled', { responseId: 'r', callId: 'c1', name: 'code', arguments: '{}' });
    expect(cause()).toEqual({ askers: [], overlap: 0, by: 'nobody', words: '' });
  });
});

describe('M122 exactly one output per call', () => {
  test('the desk answers, once, however often it is called', async () => {
    will('c1');
    will('c1');
    ask('Do it');
    expect(desk.calls).toHaveLength(1);
    await desk.answer('c1', '{"job":7}');
    expect(outputs()).toEqual([['c1', '{"job":7}']]);
    expect(stage.data('tool:called')).toHaveLength(1);
    expect(link.named('createResponse')).toHaveLength(2);
  });

  test('calls that were made together are answered together', async () => {
    will('c0');
    will('c1');
    ask('Do both');
    await desk.answer('c0');
    expect(link.named('createResponse')).toHaveLength(1);
    await desk.answer('c1');
    expect(link.named('createResponse')).toHaveLength(2);
    expect(outputs().map(([id]) => id)).toEqual(['c0', 'c1']);
  });

  test('no answer in time: it says whether the request is kept; what comes later is only told', async () => {
    will('c1');
    will('c2');
    ask('Do it');
    desk.keep('c1');
    await stage.turn(ANSWER_WITHIN_MS - 1);
    expect(outputs()).toEqual([]);
    await stage.turn(1);
    expect(outputs()).toEqual([
      ['c1', CALL_TROUBLE.kept],
      ['c2', CALL_TROUBLE.unsure],
    ]);
    const asked = link.named('createResponse').length;
    await desk.answer('c1', '{"job":7}');
    expect(outputs()).toHaveLength(2);
    expect(stage.told(link).at(-1)).toMatch(/^system: The tools are back\. .*\{"job":7\}$/);
    expect(link.named('createResponse')).toHaveLength(asked);
  });

  test('the desk refuses or fails', async () => {
    will('c1');
    will('c2');
    ask('Do it');
    await desk.refuse('c1', new AppError('no-tools', 'Away.'));
    await desk.refuse('c2', new Error('boom'));
    expect(outputs()).toEqual([
      ['c1', CALL_TROUBLE.away],
      ['c2', CALL_TROUBLE.failed],
    ]);
  });

  test('broken and huge arguments go to the desk as they are; the record keeps their beginning', async () => {
    const huge = `{"task":"${'x'.repeat(1_000_000)}`;
    will('c1', huge);
    will('c2', 'x'.repeat(4_000_001));
    ask('Do it');
    expect(desk.calls[0]?.arguments).toBe(huge);
    expect(stage.data('tool:called')[0]?.arguments).toHaveLength(16_000);
    await desk.answer('c1', '{"error":"No JSON"}');
    expect(desk.calls).toHaveLength(1);
    expect(outputs().map(([id]) => id)).toEqual(['c2', 'c1']);
  });

  test('a link that was lost: the next one is told, once', async () => {
    will('c1');
    ask('Do it');
    link.lose();
    await stage.turn(500);
    await desk.answer('c1', 'done');
    await stage.turn(ANSWER_WITHIN_MS);
    expect(outputs(stage.link)).toEqual([]);
    expect(stage.told(stage.link).filter((text) => text.includes('answers: done'))).toHaveLength(1);
  });

  test('a room that has closed is silent', async () => {
    will('c1');
    ask('Do it');
    stage.assistant.close();
    await desk.answer('c1');
    await stage.turn(ANSWER_WITHIN_MS);
    expect(outputs()).toEqual([]);
    expect(desk.closed).toBe(true);
  });
});
