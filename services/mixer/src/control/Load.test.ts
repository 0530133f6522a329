import { expect, test } from 'vitest';
import { Load } from './Load.ts';

test('tells the CPU of both processes between two looks', async () => {
  let [worker, own, nowMs] = [10, 5, 0];
  const load = new Load(
    async () => worker,
    () => own,
    () => nowMs,
  );
  expect(await load.look()).toBe(0);
  [worker, own, nowMs] = [10.5, 6, 3_000];
  expect(await load.look()).toBeCloseTo(0.5);
});

test('a worker that was replaced does not make the load negative', async () => {
  let [worker, nowMs] = [100, 0];
  const load = new Load(
    async () => worker,
    () => 0,
    () => nowMs,
  );
  await load.look();
  [worker, nowMs] = [0, 1_000];
  expect(await load.look()).toBe(0);
});
