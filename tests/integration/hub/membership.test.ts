import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakeMixer } from '@parley/hub/testing/FakeMixer';
import { Hubs } from './startHubs.ts';
import type { TestHub } from './startHubs.ts';

let hubs: Hubs;
let hub: TestHub;
let mixer: FakeMixer;

beforeAll(async () => {
  hubs = await Hubs.start();
  mixer = await hubs.mixer();
  hub = await hubs.hub({ RECONNECT_GRACE_MS: '300' });
});
afterAll(() => hubs.close());

test('two join, hear of each other in order, and leave', async () => {
  const { session } = await hub.api.createSession({ title: 'Standup' });
  const anna = await hubs.client(hub, session, 'Anna');
  const joined = await anna.client.join();
  expect(joined.session.participants.map(({ name }) => name)).toEqual(['Anna']);
  expect(joined.events.map(({ type, seq }) => [type, seq])).toEqual([
    ['session:created', 1],
    ['participant:joined', 2],
  ]);
  const ben = await hubs.client(hub, session, 'Ben');
  await ben.client.join();
  await ben.client.ask('session:leave', {});
  await expect
    .poll(() => anna.client.events.map(({ type }) => type))
    .toEqual(['participant:joined', 'participant:left']);
  expect(ben.client.goodbyes).toEqual([{ why: 'left' }]);
  expect(mixer.count('participant:leave')).toBe(1);
  const events = await hub.api.events(session.id);
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
});
