import { silentLog } from '@parley/kit/log';
import { expect, test } from 'vitest';
import { take } from '../desk/running.ts';
import { deskWorld, someone, typedBy } from '../testing/deskWorld.ts';
import { Caretaker } from './Caretaker.ts';

function world() {
  const desk = deskWorld();
  const caretaker = new Caretaker({ ...desk, log: silentLog });
  return { ...desk, look: () => caretaker.look() };
}

test('T12 what is queued and in no queue is put there', async () => {
  const { call, queues, look } = world();
  for (let made = 0; made < 4; made += 1) await call('code', { task: 'x' });
  const there = [...queues.entries.keys()];
  queues.entries.clear();
  await look();
  expect([...queues.entries.keys()]).toEqual(there);
});

test('T12 what runs and is heard of is left alone; what is not is handed out again', async () => {
  const { call, queues, look, store, sessionId, now, limits, memory } = world();
  await call('code', { task: 'x' });
  const [jobId] = queues.entries.keys();
  if (!jobId) throw new Error('No job');
  const taking = { run: 'r', repeatable: true, alive: false, leaseMs: 1 };
  await store.transact(sessionId, { jobId }, (view) => take(view, taking, { sessionId, at: now(), limits }));
  queues.entries.clear();
  await look();
  expect(queues.entries.size).toBe(0);
  memory.alive.clear();
  await look();
  expect(queues.entries.size).toBe(1);
});

test('T12 what is overdue expires', async () => {
  const { call, clock, look, facts } = world();
  await call('code', { task: 'x' }, typedBy(someone('Lea', 'listener')));
  clock.at += 62_999;
  await look();
  expect(facts('job:finished')).toEqual([]);
  clock.at += 1;
  await look();
  expect(facts('job:finished')).toMatchObject([{ outcome: 'denied' }]);
});

test('T12 jobs of a session that is gone are stopped though nobody said so', async () => {
  const { call, look, facts, memory, sessionId } = world();
  await call('code', { task: 'x' });
  memory.gone.add(sessionId);
  await look();
  expect(facts('job:finished')).toMatchObject([{ outcome: 'cancelled', text: 'The session has ended.' }]);
});
