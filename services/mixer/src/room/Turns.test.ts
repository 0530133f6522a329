import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { ENDLESS_MS, READY_MS, TRANSCRIPT_MS, type Turn, Turns, type TurnsEffects } from './Turns.ts';

let clock: FakeClock;
let turns: Turns;
let ready: string[];
let asked: number;
let deciding: TurnsEffects['decide'];
let completed: Turn[];
let changes: number;

beforeEach(() => {
  clock = new FakeClock();
  ready = [];
  completed = [];
  changes = 0;
  asked = 0;
  deciding = () => 'asked';
  turns = new Turns(clock, {
    inputMs: () => 9_000,
    ready: ({ itemId }) => ready.push(itemId),
    decide: (turn) => deciding(turn),
    asked: () => (asked += 1),
    completed: (turn) => completed.push(turn),
    changed: () => (changes += 1),
  });
});

const whole = {
  itemId: 'a',
  startMs: 100,
  endMs: 900,
  text: 'Hello.',
  failure: null,
  answer: 'asked' as const,
};

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
  expect(completed.map(({ failure, answer }) => [failure, answer])).toEqual([
    ['no credit', 'asked'],
    ['No words were recognised.', 'nothing-said'],
  ]);
  expect(asked).toBe(1);
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
  expect(completed.map(({ itemId, endMs, failure, answer }) => [itemId, endMs, failure, answer])).toEqual([
    ['a', 900, 'gone', 'lost'],
    ['b', 9_000, 'gone', 'lost'],
  ]);
  expect(asked).toBe(0);
  expect(turns.held).toBe(false);
  expect(clock.timers).toBe(0);
});

test('a provider that opens turns without end is bounded', () => {
  for (let i = 0; i < 1_000; i++) turns.started(`t${i}`, i);
  expect(clock.timers).toBeLessThanOrEqual(32);
  expect(completed).toHaveLength(1_000 - 32);
});

test('M50 a decision that needs the words waits for them, and holds nobody up', () => {
  deciding = ({ transcript }) => (transcript.at === 'here' ? 'asked' : undefined);
  turns.started('a', 100);
  turns.stopped('a', 900);
  clock.turn(READY_MS);
  expect([turns.held, asked, completed]).toEqual([false, 0, []]);
  turns.transcribed('a', 'Hello.');
  expect([asked, completed, ready]).toEqual([1, [whole], ['a']]);
});

test('M50 words that never come leave it unanswered', () => {
  deciding = ({ transcript }) => (transcript.at === 'waiting' ? undefined : 'not-addressed');
  turns.started('a', 100);
  turns.stopped('a', 900);
  clock.turn(READY_MS + TRANSCRIPT_MS);
  expect(completed).toMatchObject([{ answer: 'not-addressed', text: '' }]);
  expect(asked).toBe(0);
});

test('M55 a turn of the button has its place and is decided at once', () => {
  const seen: boolean[] = [];
  deciding = ({ held }) => {
    seen.push(held);
    return 'asked';
  };
  turns.committed('a', { startMs: 100, endMs: 900, beganAt: 0 });
  expect([asked, ready, turns.held]).toEqual([1, ['a'], false]);
  turns.committed('a', { startMs: 1, endMs: 2, beganAt: 0 });
  turns.transcribed('a', 'Hello.');
  expect([asked, completed, seen]).toEqual([1, [whole], [true]]);
});

test('cut: what was begun ends where it is, once', () => {
  turns.started('a', 100);
  expect(turns.cut()).toBe(true);
  expect(turns.cut()).toBe(false);
  turns.committed('a');
  turns.transcribed('a', 'Hello.');
  expect(completed).toEqual([{ ...whole, endMs: 9_000 }]);
});
