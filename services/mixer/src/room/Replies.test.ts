import { beforeEach, expect, test } from 'vitest';
import { type CompletedReply, Replies } from './Replies.ts';

let replies: Replies;
let said: { itemId: string; text: string }[];
let completed: CompletedReply[];
let overflowed: string[];
let resumed: { itemId: string; text: string }[];

beforeEach(() => {
  said = [];
  completed = [];
  overflowed = [];
  resumed = [];
  replies = new Replies({
    said: (reply) => said.push(reply),
    resumed: (part) => resumed.push(part),
    completed: (reply) => completed.push(reply),
    overflowed: (responseId) => overflowed.push(responseId),
  });
});

const pcm = (ms: number) => new Int16Array(ms * 24).fill(1_000);
const pullAll = () => {
  let frames = 0;
  while (replies.pull()) frames += 1;
  return frames;
};
const uncut = { heardText: null, resumes: null };
const whole = { itemId: 'i1', responseId: 'r1', text: 'Hello there.', audioMs: 90, ...uncut };

function speak(ms = 90) {
  replies.audio('r1', 'i1', 0, pcm(ms));
  replies.textDelta('r1', 'i1', 'Hello ');
  replies.textDelta('r1', 'i1', 'there');
  replies.textDone('r1', 'i1', 'Hello there.');
}

test('completed when its audio has left the queue, not before', () => {
  speak();
  expect(replies.audible).toBe(true);
  replies.done('r1', 'completed');
  expect(said).toEqual([{ itemId: 'i1', text: 'Hello there.', settled: false }]);
  expect(completed).toEqual([]);
  expect(pullAll()).toBe(5);
  expect(completed).toEqual([{ ...whole, status: 'completed', heardMs: 90 }]);
  expect(replies.audible).toBe(false);
});

test('pulled dry before its end is told', () => {
  speak(80);
  expect(pullAll()).toBe(4);
  expect(completed).toEqual([]);
  expect(replies.audible).toBe(true);
  replies.done('r1', 'completed');
  expect(completed).toEqual([{ ...whole, audioMs: 80, status: 'completed', heardMs: 80 }]);
});

test('interrupted: heard up to here, and late words and audio are refused', () => {
  speak();
  replies.pull();
  replies.pull();
  expect(replies.interrupt()).toEqual([{ itemId: 'i1', contentIndex: 0, playedMs: 40, audioMs: 90 }]);
  expect(completed).toEqual([{ ...whole, status: 'cancelled', heardMs: 40, heardText: 'Hello' }]);
  expect(said).toEqual([{ itemId: 'i1', text: 'Hello …', settled: true }]);
  replies.audio('r1', 'i1', 0, pcm(100));
  replies.audio('r1', 'i2', 0, pcm(100));
  expect(replies.textDelta('r1', 'i2', 'more')).toBeUndefined();
  replies.done('r1', 'cancelled');
  expect(replies.pull()).toBeUndefined();
  expect(completed).toHaveLength(1);
});

test('interrupted after the provider has finished: still cut off', () => {
  speak();
  replies.done('r1', 'completed');
  replies.pull();
  expect(replies.interrupt()).toHaveLength(1);
  expect(completed).toEqual([{ ...whole, status: 'cancelled', heardMs: 20, heardText: '' }]);
});

test('the link is gone: what is queued is played, and the rest is missing', () => {
  speak();
  replies.abandon('r1');
  expect(completed).toEqual([]);
  pullAll();
  expect(completed).toEqual([{ ...whole, status: 'incomplete', heardMs: 90 }]);
});

test('the link is gone after the last word: completed all the same', () => {
  speak();
  replies.done('r1', 'completed');
  replies.abandon(undefined);
  pullAll();
  expect(completed).toEqual([{ ...whole, status: 'completed', heardMs: 90 }]);
});

test('an interrupted reply of a former link is not for the new provider to truncate', () => {
  speak();
  replies.abandon('r1');
  replies.pull();
  expect(replies.interrupt()).toEqual([]);
  expect(completed).toEqual([{ ...whole, status: 'cancelled', heardMs: 20, heardText: '' }]);
});

test('a response that failed without a word is on record', () => {
  replies.done('r1', 'failed');
  replies.done('r1', 'failed');
  expect(completed).toEqual([
    { itemId: 'r1', responseId: 'r1', text: '', status: 'failed', audioMs: 0, heardMs: 0, ...uncut },
  ]);
  replies.done('r2', 'completed');
  expect(completed).toHaveLength(1);
});

test('an item of another response, and items without end, are refused', () => {
  speak();
  replies.audio('r2', 'i1', 0, pcm(1_000));
  for (let i = 0; i < 100; i++) replies.textDelta('r3', `x${i}`, 'a');
  expect(replies.queuedMs).toBe(90);
  replies.done('r3', 'completed');
  expect(completed.filter(({ responseId }) => responseId === 'r3')).toHaveLength(15);
});

test('a full queue is told once', () => {
  for (let minute = 0; minute < 12; minute++) replies.audio('r1', 'i1', 0, pcm(60_000));
  expect(overflowed).toEqual(['r1']);
  expect(replies.queuedMs).toBe(600_000);
});

test('M74 it goes on after a pause: the parts on record are the whole, each with its own words', () => {
  speak();
  for (let frame = 0; frame < 2; frame++) replies.pull();
  replies.resume();
  expect(completed).toEqual([
    { ...whole, text: 'Hello', status: 'cancelled', audioMs: 40, heardMs: 40, heardText: 'Hello' },
  ]);
  expect(resumed).toEqual([{ itemId: 'i1+40', text: ' there.' }]);
  expect(replies.pull()).toMatchObject({
    itemId: 'i1+40',
    playedMs: 20,
    origin: { itemId: 'i1', fromMs: 40 },
  });
  replies.done('r1', 'completed');
  pullAll();
  const rest = { ...whole, itemId: 'i1+40', text: ' there.', audioMs: 50, resumes: 'i1' };
  expect(completed.slice(1)).toEqual([{ ...rest, status: 'completed', heardMs: 50 }]);
  expect(said).toEqual([
    { itemId: 'i1', text: 'Hello there.', settled: false },
    { itemId: 'i1', text: 'Hello there.', settled: true },
  ]);
});

test('M74 paused twice, then cut for good: the provider is told of its own item', () => {
  speak();
  replies.pull();
  replies.resume();
  replies.pull();
  replies.pull();
  replies.resume();
  replies.pull();
  expect(replies.interrupt()).toEqual([{ itemId: 'i1', contentIndex: 0, playedMs: 80, audioMs: 90 }]);
  expect(completed.map(({ itemId, resumes, heardMs }) => [itemId, resumes, heardMs])).toEqual([
    ['i1', null, 20],
    ['i1+20', 'i1', 40],
    ['i1+60', 'i1+20', 20],
  ]);
  expect(completed.map(({ text }) => text).join('')).toBe('Hello there.');
});

test('a pause before the first word, or after the last, is none', () => {
  speak(80);
  replies.resume();
  for (let frame = 0; frame < 4; frame++) replies.pull();
  replies.resume();
  expect(completed).toEqual([]);
});

test('M73 less was heard than went out', () => {
  speak();
  for (let frame = 0; frame < 4; frame++) replies.pull();
  expect(replies.interrupt(() => 30)).toMatchObject([{ playedMs: 30 }]);
  expect(completed[0]).toMatchObject({ heardMs: 30, audioMs: 90 });
});
