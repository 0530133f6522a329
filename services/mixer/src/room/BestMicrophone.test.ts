import { newParticipantId, type ParticipantId } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { BestMicrophone } from './BestMicrophone.ts';

const [anna, ben] = [newParticipantId(), newParticipantId()];
let microphone: BestMicrophone;
beforeEach(() => {
  microphone = new BestMicrophone();
});

function hear(ms: number, levels: [ParticipantId, number][]): number | undefined {
  const before = microphone.best;
  let changedAt: number | undefined;
  for (let at = 20; at <= ms; at += 20) {
    if (microphone.update(new Map(levels)) !== before) changedAt ??= at;
  }
  return changedAt;
}

test('M77 the louder one wins at first, and another only when it is louder for a second', () => {
  hear(20, [
    [anna, -30],
    [ben, -40],
  ]);
  expect(microphone.best).toBe(anna);
  expect(
    hear(900, [
      [anna, -45],
      [ben, -30],
    ]),
  ).toBeUndefined();
  hear(100, [
    [anna, -30],
    [ben, -45],
  ]);
  const changedAt = hear(3_000, [
    [anna, -45],
    [ben, -30],
  ]);
  expect(changedAt).toBeGreaterThanOrEqual(1_000);
  expect(changedAt).toBeLessThan(1_500);
  expect(microphone.best).toBe(ben);
});

test('M77 a little louder is not louder; silence changes nothing', () => {
  hear(20, [
    [anna, -30],
    [ben, -40],
  ]);
  expect(
    hear(10_000, [
      [anna, -32],
      [ben, -30],
    ]),
  ).toBeUndefined();
  expect(
    hear(10_000, [
      [anna, -Infinity],
      [ben, -60],
    ]),
  ).toBeUndefined();
});

test('M77 one that is muted or gone is replaced at once', () => {
  hear(20, [
    [anna, -30],
    [ben, -40],
  ]);
  expect(hear(20, [[ben, -40]])).toBe(20);
  expect(microphone.best).toBe(ben);
  expect(hear(20, [])).toBe(20);
  expect(microphone.best).toBeUndefined();
});
