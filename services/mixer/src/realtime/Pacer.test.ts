import { expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { noPacerCounts, Pacer } from './Pacer.ts';

test('M82 what comes evenly goes at once, a backlog at twice its pace and in order', () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  const sent: number[] = [];
  for (let frame = 0; frame < 10; frame += 1) {
    pacer.push(() => sent.push(clock.now()));
    clock.turn(20);
  }
  expect(sent).toEqual(Array.from({ length: 10 }, (_, frame) => frame * 20));
  const order: number[] = [];
  for (let frame = 0; frame < 50; frame += 1) pacer.push(() => order.push(frame));
  expect(order.length).toBeLessThan(10);
  clock.turn(200);
  expect(order.length).toBeGreaterThan(20);
  expect(order.length).toBeLessThan(30);
  clock.turn(400);
  expect(order).toEqual(Array.from({ length: 50 }, (_, frame) => frame));
  expect(clock.timers).toBe(0);
});

test('bounded, counted, and silent once closed', () => {
  const clock = new FakeClock();
  const counts = noPacerCounts();
  const pacer = new Pacer(clock, counts);
  let sent = 0;
  for (let frame = 0; frame < 1_000; frame += 1) pacer.push(() => (sent += 1));
  expect(counts.refused).toBeGreaterThan(400);
  expect(counts).toEqual({ waiting: 500, refused: 1_000 - 500 - sent });
  const before = sent;
  pacer.close();
  clock.turn(1_000);
  expect(sent).toBe(before);
  expect(counts.waiting).toBe(0);
});
