import { AppError } from '@parley/contract';
import type { types } from 'mediasoup-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Ears } from './Ears.ts';
import type { RemoteTrack, Voice } from './MediaPort.ts';
import type { Request } from './Signaling.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function listening() {
  const asked: string[] = [];
  const closed: string[] = [];
  const world = {
    asked,
    closed,
    heard: [] as RemoteTrack[],
    trouble: 0,
    refuse: undefined as Error | undefined,
  };
  const request = async (name: string, body: { producerId?: string; consumerId?: string }) => {
    asked.push(`${name} ${body.producerId ?? body.consumerId}`);
    if (world.refuse !== undefined) throw world.refuse;
    if (name !== 'media:consume') return {};
    return { id: `c-${body.producerId}`, producerId: body.producerId, kind: 'audio', rtpParameters: {} };
  };
  const transport = {
    id: 'recv',
    consume: async ({ id }: { id: string }) => ({ id, track: { id }, close: () => closed.push(id) }),
  };
  const ears = new Ears({
    request: request as unknown as Request,
    transport: transport as unknown as types.Transport,
    rtpCapabilities: {},
    onTracks: (tracks) => void (world.heard = tracks),
    onTrouble: () => void (world.trouble += 1),
  });
  const sync = async (...producers: string[]) => {
    ears.sync(new Map<string, Voice>(producers.map((producer) => [producer, 'assistant'])));
    await vi.advanceTimersByTimeAsync(0);
  };
  return { ears, world, sync };
}

test('each voice is fetched once and let flow, however often it is named', async () => {
  const { world, sync } = listening();
  await Promise.all([sync('m1'), sync('m1', 'm2')]);
  await sync('m1', 'm2');
  expect(world.asked.toSorted()).toEqual([
    'media:consume m1',
    'media:consume m2',
    'media:resume c-m1',
    'media:resume c-m2',
  ]);
  expect(world.heard.map(({ producerId }) => producerId)).toEqual(['m1', 'm2']);
});

test('a voice that is gone is closed', async () => {
  const { ears, world, sync } = listening();
  await sync('m1', 'm2');
  await sync('m2');
  expect([world.closed, world.heard.length, ears.anyConsumerId()]).toEqual([['c-m1'], 1, 'c-m2']);
});

test('a voice that leaves while it is fetched is not kept', async () => {
  const { ears, world } = listening();
  ears.sync(new Map<string, Voice>([['m1', 'assistant']]));
  ears.sync(new Map());
  await vi.advanceTimersByTimeAsync(0);
  expect([world.heard, ears.anyConsumerId()]).toEqual([[], undefined]);
});

test('a voice that the room does not know is let go, any other failure is tried three times', async () => {
  const { world, sync } = listening();
  world.refuse = new AppError('media-not-found', 'Gone.');
  await sync('m1');
  await vi.advanceTimersByTimeAsync(10_000);
  expect([world.asked.length, world.trouble]).toEqual([1, 0]);
  world.refuse = new AppError('mixer-timeout', 'Late.');
  await sync('m2');
  await vi.advanceTimersByTimeAsync(10_000);
  expect([world.asked.length, world.trouble]).toEqual([4, 1]);
});

test('closed, it closes what it had and fetches nothing any more', async () => {
  const { ears, world, sync } = listening();
  await sync('m1');
  ears.close();
  await sync('m3');
  expect([world.closed, world.asked.length]).toEqual([['c-m1'], 2]);
});
