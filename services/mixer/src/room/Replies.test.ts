import { beforeEach, expect, test } from 'vitest';
import { type CompletedReply, Replies } from './Replies.ts';

let replies: Replies;
let said: { itemId: string; text: string }[];
let completed: CompletedReply[];
let overflowed: string[];

beforeEach(() => {
  said = [];
  completed = [];
  overflowed = [];
  replies = new Replies({
    said: (reply) => said.push(reply),
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
  expect(said).toEqual([{ itemId: 'i1', text: 'Hello there.' }]);
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
  expect(completed).toEqual([{ ...whole, status: 'cancelled', heardMs: 40 }]);
  replies.audio('r1', 'i1', 0, pcm(100));
  replies.audio('r1', 'i2', 0, pcm(100));
  expect(replies.textDelta('r1', 'i2', 'more')).toBe(false);
  replies.done('r1', 'cancelled');
  expect(replies.pull()).toBeUndefined();
  expect(completed).toHaveLength(1);
});

test('interrupted after the provider has finished: still cut off', () => {
  speak();
  replies.done('r1', 'completed');
  replies.pull();
  expect(replies.interrupt()).toHaveLength(1);
  expect(completed).toEqual([{ ...whole, status: 'cancelled', heardMs: 20 }]);
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
  expect(completed).toEqual([{ ...whole, status: 'cancelled', heardMs: 20 }]);
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
