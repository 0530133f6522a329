import { EventEmitter } from 'node:events';
import { silentLog } from '@parley/kit/log';
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { FakeMedia } from '../testing/FakeMedia.ts';
import { MediaEngine } from './MediaEngine.ts';
import type { MediaWorker } from './MediaWorker.ts';

class FakeWorker {
  readonly events = new EventEmitter<{ died: [Error] }>();
  readonly pid = 1;
  closed = false;
  load = 0;
  /** How many workers besides this one a room would get. */
  others = 0;
  readonly cpuSeconds = async () => 2;

  close(): void {
    this.closed = true;
  }
}

function makeEngine(count = 1) {
  const clock = new FakeClock();
  const workers: FakeWorker[] = [];
  const ports: number[] = [];
  let refuse = false;
  const engine = new MediaEngine(
    {
      workerBin: undefined,
      listenIp: '127.0.0.1',
      announcedAddress: undefined,
      port: 5_000,
      workers: count,
      clock,
      log: silentLog,
    },
    {
      start: async ({ port }) => {
        ports.push(port);
        if (refuse) throw new Error('no binary');
        const worker = new FakeWorker();
        workers.push(worker);
        return worker as unknown as MediaWorker;
      },
      openRoom: async ({ worker, seating: { another } }) => {
        const fake = worker as unknown as FakeWorker;
        fake.load += 1;
        const used = new Set([worker]);
        for (let next = another(used); next; next = another(used)) used.add(next);
        fake.others = used.size - 1;
        return new FakeMedia();
      },
    },
  );
  return { clock, workers, ports, engine, refuse: (now: boolean) => (refuse = now) };
}
/** Lets promises settle. */
const settle = () => new Promise(setImmediate);

test('a first worker that does not start is the caller’s error', async () => {
  const { engine, refuse } = makeEngine();
  refuse(true);
  await expect(engine.open()).rejects.toThrow('no binary');
});

test('M20 a worker that died is replaced; a room asked for meanwhile waits for the new one', async () => {
  const { clock, workers, engine } = makeEngine();
  await engine.open();
  workers[0]?.events.emit('died', new Error('killed'));
  expect(engine.ready).toBe(false);
  const opening = engine.openRoom();
  clock.turn(100);
  await expect(opening).resolves.toBeInstanceOf(FakeMedia);
  expect([workers.length, engine.ready]).toEqual([2, true]);
});

test('M20 goes on trying, ever more slowly; rooms are refused after a while', async () => {
  const { clock, workers, engine, refuse } = makeEngine();
  await engine.open();
  refuse(true);
  workers[0]?.events.emit('died', new Error('killed'));
  const opening = engine.openRoom();
  opening.catch(() => undefined);
  for (let i = 0; i < 12; i++) {
    clock.turn(1_000);
    await settle();
  }
  await expect(opening).rejects.toMatchObject({ code: 'not-ready' });
  refuse(false);
  clock.turn(10_000);
  await settle();
  expect(engine.ready).toBe(true);
});

test('M4 closing closes the worker and ends the trying', async () => {
  const { clock, workers, engine } = makeEngine();
  await engine.open();
  workers[0]?.events.emit('died', new Error('killed'));
  engine.close();
  engine.close();
  clock.turn(60_000);
  await settle();
  expect(workers).toHaveLength(1);
  const other = makeEngine();
  await other.engine.open();
  other.engine.close();
  expect(other.workers[0]?.closed).toBe(true);
});

test('M29 rooms are spread over the workers by load; each worker has a port of its own', async () => {
  const { workers, ports, engine } = makeEngine(3);
  await engine.open();
  expect(ports).toEqual([5_000, 5_001, 5_002]);
  for (let i = 0; i < 6; i++) await engine.openRoom();
  expect(workers.map(({ load }) => load)).toEqual([2, 2, 2]);
  expect(workers[0]?.others).toBe(2);
});

test('M20 while one worker of several is dead, rooms go to the others, and it comes back on its own port', async () => {
  const { clock, workers, ports, engine } = makeEngine(2);
  await engine.open();
  workers[0]?.events.emit('died', new Error('killed'));
  await engine.openRoom();
  expect(workers.map(({ load, others }) => [load, others])).toEqual([
    [0, 0],
    [1, 0],
  ]);
  clock.turn(100);
  await settle();
  expect([engine.ready, ports]).toEqual([true, [5_000, 5_001, 5_000]]);
});
