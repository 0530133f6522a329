import { type DownwardMessage, MAX_UPWARD_BYTES, newParticipantId, PROTOCOL_VERSION } from '@parley/contract';
import { expect, test } from 'vitest';
import type { PlayoutReport } from './HeardPosition.ts';
import { Inbox } from './Inbox.ts';

function inbox(role: 'speaker' | 'listener' = 'speaker') {
  const replies: DownwardMessage[] = [];
  const texts: { id: string; text: string }[] = [];
  const holds: boolean[] = [];
  const reports: PlayoutReport[] = [];
  let greeted = 0;
  let nowMs = 0;
  const box = new Inbox(
    { id: newParticipantId(), role },
    {
      reported: (report) => reports.push(report),
      reply: (message) => replies.push(message),
      greet: () => greeted++,
      sendText: (text) => texts.push(text),
      hold: (value) => holds.push(value),
      now: () => nowMs,
    },
  );
  return {
    replies,
    texts,
    holds,
    reports,
    greeted: () => greeted,
    pass: (ms: number) => (nowMs += ms),
    say: (message: unknown) =>
      box.take(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))),
    raw: (bytes: Uint8Array) => box.take(bytes),
  };
}

test('hello is greeted; another version is told to reload', () => {
  const { say, greeted, replies } = inbox();
  say({ type: 'hello', protocol: PROTOCOL_VERSION });
  expect([greeted(), replies.length]).toEqual([1, 0]);
  say({ type: 'hello', protocol: PROTOCOL_VERSION + 1 });
  expect(greeted()).toBe(2);
  expect(replies).toEqual([
    expect.objectContaining({ type: 'notice', message: expect.stringContaining('Reload') }),
  ]);
});

test('ping is answered with its nonce', () => {
  const { say, replies } = inbox();
  say({ type: 'ping', nonce: 'n1' });
  expect(replies).toEqual([{ type: 'pong', nonce: 'n1' }]);
});

test('M17 a text is taken once, its repeat is answered alike', () => {
  const { say, replies, texts } = inbox();
  say({ type: 'text:send', id: 't1', text: ' Hello ' });
  say({ type: 'text:send', id: 't1', text: 'Hello' });
  say({ type: 'text:send', id: 't2', text: 'And more' });
  expect(texts).toEqual([
    { id: 't1', text: 'Hello' },
    { id: 't2', text: 'And more' },
  ]);
  const accepted = (id: string) => ({ type: 'text:result', id, accepted: true, message: null });
  expect(replies).toEqual([accepted('t1'), accepted('t1'), accepted('t2')]);
});

test('M16 a listener’s text is refused with words', () => {
  const { say, replies, texts } = inbox('listener');
  say({ type: 'text:send', id: 't1', text: 'Hello' });
  expect(texts).toEqual([]);
  expect(replies).toEqual([
    { type: 'text:result', id: 't1', accepted: false, message: expect.stringContaining('Listeners') },
  ]);
});

test.each([
  ['no JSON', '{'],
  ['JSON of no object', '7'],
  ['an unknown type', { type: 'root', command: 'rm' }],
  ['an empty text', { type: 'text:send', id: 't', text: '  ' }],
  ['a text that is too long', { type: 'text:send', id: 't', text: 'x'.repeat(4_001) }],
  ['a text without ID', { type: 'text:send', text: 'x' }],
  ['too many bytes', `"${'x'.repeat(MAX_UPWARD_BYTES)}"`],
])('M18 %s gets a notice and nothing else', (_name, message) => {
  const { say, replies, texts } = inbox();
  say(message);
  expect(texts).toEqual([]);
  expect(replies).toEqual([expect.objectContaining({ type: 'notice', level: 'warning' })]);
});

test('M18 bytes that are no text get a notice', () => {
  const { raw, replies } = inbox();
  raw(Uint8Array.of(0xff, 0xfe, 0x00));
  raw(new Uint8Array());
  expect(replies.map(({ type }) => type)).toEqual(['notice', 'notice']);
});

test('M18 a flood is cut, and so are the notices about it', () => {
  const { say, replies, texts, pass } = inbox();
  for (let i = 0; i < 500; i++) say({ type: 'text:send', id: `t${i}`, text: 'x' });
  expect(texts.length).toBeLessThanOrEqual(40);
  expect(replies.filter(({ type }) => type === 'notice').length).toBeLessThanOrEqual(3);
  pass(10_000);
  say({ type: 'text:send', id: 'later', text: 'x' });
  expect(texts.at(-1)).toEqual({ id: 'later', text: 'x' });
});

test('M54 the talk button is for those who may speak', () => {
  const { say, holds, replies } = inbox();
  say({ type: 'floor:hold' });
  say({ type: 'floor:release' });
  expect([holds, replies]).toEqual([[true, false], []]);
  const listener = inbox('listener');
  listener.say({ type: 'floor:hold' });
  expect(listener.holds).toEqual([]);
  expect(listener.replies).toMatchObject([{ type: 'notice', level: 'warning' }]);
});

test('what a device plays is passed on; a report that cannot be is refused in words', () => {
  const { say, reports, replies } = inbox('listener');
  const report = { type: 'playout:report', rtpTimestamp: 4_294_967_295, ageMs: 15, outputDelayMs: 20 };
  say(report);
  expect(reports).toMatchObject([{ rtpTimestamp: 4_294_967_295, ageMs: 15, outputDelayMs: 20 }]);
  for (const wrong of [
    { rtpTimestamp: 2 ** 32 },
    { rtpTimestamp: 0.5 },
    { ageMs: -1 },
    { outputDelayMs: 1e9 },
  ])
    say({ ...report, ...wrong });
  expect(reports).toHaveLength(1);
  expect(replies.at(0)).toMatchObject({ type: 'notice', level: 'warning' });
});
