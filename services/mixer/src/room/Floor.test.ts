import { newParticipantId } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { Floor, MAX_HOLD_MS } from './Floor.ts';

const anna = newParticipantId();
const ben = newParticipantId();
let clock: FakeClock;
let floor: Floor;
let told: string[][];

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  floor = new Floor(clock, () => told.push(floor.holders));
});

test('M54 several may hold; each change is told, repeats are not', () => {
  floor.hold(anna);
  floor.hold(anna);
  floor.hold(ben);
  floor.release(anna);
  floor.release(anna);
  floor.release(ben);
  expect(told).toEqual([[anna], [anna, ben], [ben], []]);
  expect(clock.timers).toBe(0);
});

test('M54 a hold ends by itself; a repeat does not make it longer, a new one may follow', () => {
  floor.hold(anna);
  clock.turn(MAX_HOLD_MS - 1);
  floor.hold(anna);
  expect(floor.holders).toEqual([anna]);
  clock.turn(1);
  expect(floor.holders).toEqual([]);
  floor.hold(anna);
  clock.turn(MAX_HOLD_MS - 1);
  expect(floor.holders).toEqual([anna]);
});

test('closed: nobody holds, nothing is told', () => {
  floor.hold(anna);
  floor.close();
  floor.close();
  clock.turn(MAX_HOLD_MS);
  expect(told).toEqual([[anna]]);
  expect(clock.timers).toBe(0);
});
