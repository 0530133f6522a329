import { newParticipantId } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { CONFIRM_WITHIN_MS, HeldSpeech, RELEASE_TAIL_MS } from './HeldSpeech.ts';

const anna = newParticipantId();
const ben = newParticipantId();
let clock: FakeClock;
let held: HeldSpeech;
let did: string[];
let inputMs: number;

beforeEach(() => {
  clock = new FakeClock();
  did = [];
  inputMs = 1_000;
  held = new HeldSpeech(clock, {
    inputMs: () => inputMs,
    begin: () => did.push('begin'),
    commit: () => did.push('commit'),
    drop: () => did.push('drop'),
    changed: () => undefined,
  });
  held.configure(true);
  held.linked(0);
});

/** Frames go in while time passes. */
function say(ms: number): void {
  for (let passed = 0; passed < ms; passed += 20) {
    if (held.admitted?.size) inputMs += 20;
    clock.turn(20);
  }
}

test('M55 from the first hold to the last release is one turn; in between only they are heard', () => {
  expect([...(held.admitted ?? [])]).toEqual([]);
  held.hold([anna]);
  expect([held.busy, did]).toEqual([true, ['begin']]);
  say(500);
  held.hold([anna, ben]);
  expect(held.admitted).toEqual(new Set([anna, ben]));
  say(500);
  held.hold([ben]);
  say(RELEASE_TAIL_MS);
  expect(held.admitted).toEqual(new Set([ben]));
  held.hold([]);
  expect(did).toEqual(['begin']);
  say(RELEASE_TAIL_MS);
  expect([did, held.admitted?.size, held.busy]).toEqual([['begin', 'commit'], 0, true]);
  expect(held.confirmed()).toEqual({
    startMs: 1_000,
    endMs: 1_000 + 1_000 + 2 * RELEASE_TAIL_MS,
    beganAt: 0,
  });
  expect(held.busy).toBe(false);
  expect(clock.timers).toBe(0);
});

test('M55 held again within the tail goes on', () => {
  held.hold([anna]);
  say(200);
  held.hold([]);
  say(RELEASE_TAIL_MS - 20);
  held.hold([anna]);
  say(1_000);
  expect(did).toEqual(['begin']);
  held.hold([]);
  say(RELEASE_TAIL_MS);
  expect(did).toEqual(['begin', 'commit']);
});

test('M55 too short: forgotten, the tail does not count', () => {
  held.hold([anna]);
  say(80);
  held.hold([]);
  say(RELEASE_TAIL_MS);
  expect([did, held.busy]).toEqual([['begin', 'drop'], false]);
  expect(clock.timers).toBe(0);
});

test('M55 pressed for long, but nothing was sent: forgotten', () => {
  held.hold([anna]);
  clock.turn(2_000);
  held.hold([]);
  clock.turn(RELEASE_TAIL_MS);
  expect(did).toEqual(['begin', 'drop']);
});

test('a turn that is never confirmed holds nobody up for ever', () => {
  held.hold([anna]);
  say(500);
  held.hold([]);
  say(RELEASE_TAIL_MS);
  clock.turn(CONFIRM_WITHIN_MS);
  expect([held.busy, held.confirmed(), clock.timers]).toEqual([false, undefined, 0]);
});

test('M52 switched off while somebody speaks: that is a turn; switched on while somebody holds: it begins', () => {
  held.hold([anna]);
  say(500);
  held.configure(false);
  held.configure(false);
  expect([did, held.admitted]).toEqual([['begin', 'commit'], undefined]);
  expect(clock.timers).toBe(1);
  expect(held.confirmed()?.endMs).toBe(1_500);
  held.configure(true);
  expect([did.at(-1), held.admitted]).toEqual(['begin', new Set([anna])]);
});

test('holding means nothing while turns are made otherwise', () => {
  held.configure(false);
  held.hold([anna]);
  held.hold([]);
  expect([did, held.busy, held.admitted, clock.timers]).toEqual([[], false, undefined, 0]);
});

test('a link lost in the middle: what the next one hears of it is the turn', () => {
  held.hold([anna]);
  say(1_000);
  held.unlinked();
  say(1_000);
  held.linked(2_400);
  say(200);
  held.hold([]);
  say(RELEASE_TAIL_MS);
  expect(held.confirmed()).toMatchObject({ startMs: 2_400, endMs: 3_200 + RELEASE_TAIL_MS });
});

test('said while there was no link: a turn when there is one', () => {
  held.unlinked();
  held.hold([anna]);
  say(600);
  held.hold([]);
  say(RELEASE_TAIL_MS);
  expect(did).toEqual(['begin']);
  held.linked(1_100);
  expect([did, held.confirmed()]).toEqual([
    ['begin', 'commit'],
    { startMs: 1_100, endMs: 1_600 + RELEASE_TAIL_MS, beganAt: 0 },
  ]);
  held.unlinked();
  held.linked(inputMs);
  expect(did).toEqual(['begin', 'commit']);
});

test('said without a link, and all of it too old for the next one: forgotten', () => {
  held.unlinked();
  held.hold([anna]);
  say(600);
  held.hold([]);
  say(RELEASE_TAIL_MS);
  held.linked(inputMs);
  expect(did).toEqual(['begin', 'drop']);
});

test('closed: nothing runs on', () => {
  held.hold([anna]);
  say(500);
  held.hold([]);
  held.close();
  clock.turn(10_000);
  expect([did, clock.timers]).toEqual([['begin'], 0]);
});
