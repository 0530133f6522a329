import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { DevicePeer } from './support/DevicePeer.ts';
import { TestMixer } from './support/startMixer.ts';

let mixer: TestMixer;
beforeEach(async () => {
  mixer = await TestMixer.start();
});
afterEach(() => mixer?.close());

test('M20 a media worker that dies takes its rooms, and a new one takes their place', async () => {
  const rooms = [await mixer.openRoom(), await mixer.openRoom()];
  const device = await DevicePeer.join(await mixer.openRoom(), 'Anna');
  const [before = 0] = mixer.media.pids;
  process.kill(before, 'SIGKILL');
  await until('the rooms to close', () => mixer.closed.length === 3);
  expect(mixer.closed).toEqual(['worker-died', 'worker-died', 'worker-died']);
  expect(rooms.every(({ assistant }) => assistant.closed)).toBe(true);
  expect(mixer.facts.map(({ type }) => type)).toEqual(Array.from({ length: 3 }, () => 'error:raised'));
  const again = await mixer.openRoom();
  expect(mixer.media.pids).not.toContain(before);
  const back = await DevicePeer.join(again, 'Anna');
  expect(back.connected).toBe(true);
  await Promise.all([device.close(), back.close()]);
});

test('M20 a worker that dies takes only its own rooms along', async () => {
  await mixer.close();
  mixer = await TestMixer.start({ workers: 2 });
  const [one, other] = [await mixer.openRoom(), await mixer.openRoom()];
  const devices = [await DevicePeer.join(one, 'Anna'), await DevicePeer.join(other, 'Ben')];
  const [first = 0] = mixer.media.pids;
  process.kill(first, 'SIGKILL');
  await until('a room to close', () => mixer.closed.length > 0);
  expect([one.assistant.closed, other.assistant.closed]).toEqual([true, false]);
  expect(devices[1]?.connected).toBe(true);
  expect(mixer.closed).toEqual(['worker-died']);
  await Promise.all(devices.map((device) => device.close()));
});

test('M22 drain closes every room and leaves the worker to its owner', async () => {
  await mixer.openRoom();
  mixer.rooms.drain();
  expect(mixer.closed).toEqual(['drained']);
  await expect(mixer.openRoom()).rejects.toMatchObject({ code: 'no-mixer' });
  expect(mixer.media.ready).toBe(true);
});
