import { expect, test } from 'vitest';
import { accept, skipGap, startSequence } from './sequence.ts';
import { ADA, joined } from './testing/samples.ts';

const at = (...seqs: number[]) => seqs.map((seq) => joined(seq, ADA, 'Ada'));
const seqs = (events: { seq: number }[]) => events.map((event) => event.seq);

test('events in order are ready at once', () => {
  const { sequence, ready, gap } = accept(startSequence, at(1, 2, 3));
  expect([sequence.last, seqs(ready), gap]).toEqual([3, [1, 2, 3], false]);
});

test('a repeated event is ready only once', () => {
  const first = accept(startSequence, at(1, 2));
  expect(seqs(accept(first.sequence, at(2, 1, 2, 3)).ready)).toEqual([3]);
});

test('an event that comes too early waits, and says that something is missing', () => {
  const first = accept(startSequence, at(1, 4, 3));
  expect([seqs(first.ready), first.gap]).toEqual([[1], true]);
  const second = accept(first.sequence, at(2));
  expect([seqs(second.ready), second.gap, second.sequence.last]).toEqual([[2, 3, 4], false, 4]);
});

test('a flood of early events is not kept: it will be asked for', () => {
  const flood = accept(startSequence, at(...Array.from({ length: 600 }, (_, index) => index + 5)));
  expect([flood.ready.length, flood.gap, flood.sequence.early.size]).toEqual([0, true, 0]);
});

test('a gap that never fills can be skipped', () => {
  const waiting = accept(startSequence, at(1, 5, 6)).sequence;
  expect(seqs(accept(skipGap(waiting), []).ready)).toEqual([5, 6]);
  expect(skipGap(startSequence)).toBe(startSequence);
});
