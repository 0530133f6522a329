import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { ENDLESS_MS, READY_MS, TRANSCRIPT_MS, type Turn, Turns } from './Turns.ts';

let clock: FakeClock;
let turns: Turns;
let ready: string[];
let completed: Turn[];
let changes: number;

beforeEach(() => {
  clock = new FakeClock();
  ready = [];
  completed = [];
  changes = 0;
  turns = new Turns(clock, {
    inputMs: () => 9_000,
    ready: ({ itemId }) => ready.push(itemId),
    completed: (turn) => completed.push(turn),
    changed: () => (changes += 1),
  });
});

const whole = { itemId: 'a', startMs: 100, endMs: 900, text: 'Hello.', failure: null };

test('started, stopped, committed, transcribed', () => {
  expect(turns.started('a', 100)).toBe(true);
  expect(turns.held).toBe(true);
  turns.stopped('a', 900);
  turns.committed('a');
  expect(turns.held).toBe(true);
  turns.transcribed('a', ' Hello. ');
  expect(turns.held).toBe(false);
  expect(completed).toEqual([whole]);
  expect(ready).toEqual(['a']);
  expect(clock.timers).toBe(0);
});

test('in the wrong order, and everything twice', () => {
  for (let round = 0; round < 2; round++) {
    turns.committed('a');
    turns.stopped('a', 900);
    // Its end is known already: no new speech, nobody is interrupted.
    expect(turns.started('a', 100)).toBe(false);
  }
  for (let round = 0; round < 2; round++) turns.transcribed('a', 'Hello.');
  expect(turns.started('a', 100)).toBe(false);
  expect(completed).toEqual([{ ...whole, endMs: 9_000 }]);
  expect(ready).toEqual(['a']);
});

test('a transcript of which nothing else was told', () => {
  turns.transcribed('a', 'Hello.');
  expect(completed).toEqual([{ ...whole, startMs: 9_000, endMs: 9_000 }]);
});

test('a slow transcript holds up the answer for 3 s, the record for 12 s more', () => {
  turns.started('a', 100);
  turns.stopped('a', 900);
  clock.turn(READY_MS);
  expect(ready).toEqual(['a']);
  expect(changes).toBeGreaterThan(0);
  expect(turns.held).toBe(false);
  expect(completed).toEqual([]);
  clock.turn(TRANSCRIPT_MS);
  expect(completed).toEqual([{ ...whole, text: '', failure: 'No transcript came from the provider.' }]);
  turns.transcribed('a', 'Too late.');
  expect(completed).toHaveLength(1);
  expect(ready).toHaveLength(1);
});

test('a transcript between the two completes the turn and asks for nothing more', () => {
  turns.started('a', 100);
  turns.stopped('a', 900);
  clock.turn(READY_MS + 1);
  turns.transcribed('a', 'Hello.');
  expect(completed).toEqual([whole]);
  expect(ready).toEqual(['a']);
});

test('a failed transcript is answered, an empty one is not', () => {
  turns.started('a', 0);
  turns.failed('a', 'no credit');
  turns.started('b', 0);
  turns.transcribed('b', '  ');
  expect(ready).toEqual(['a']);
  expect(completed.map(({ failure }) => failure)).toEqual(['no credit', 'No words were recognised.']);
});

test('speech without an end does not hold for ever', () => {
  turns.started('a', 0);
  clock.turn(ENDLESS_MS);
  expect(turns.held).toBe(false);
  expect(changes).toBe(1);
});

test('abandoned turns end with a reason, and are not answered', () => {
  turns.started('a', 100);
  turns.stopped('a', 900);
  turns.started('b', 1_000);
  turns.abandon('gone');
  expect(ready).toEqual([]);
  expect(completed.map(({ itemId, endMs, failure }) => [itemId, endMs, failure])).toEqual([
    ['a', 900, 'gone'],
    ['b', 9_000, 'gone'],
  ]);
  expect(turns.held).toBe(false);
  expect(clock.timers).toBe(0);
});

test('a provider that opens turns without end is bounded', () => {
  for (let i = 0; i < 1_000; i++) turns.started(`t${i}`, i);
  expect(clock.timers).toBeLessThanOrEqual(32);
  expect(completed).toHaveLength(1_000 - 32);
});
