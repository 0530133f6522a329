import { newMixerId, PROTOCOL_VERSION } from '@parley/contract';
import type { MixerRecord } from '@parley/contract';
import { expect, test } from 'vitest';
import { areFull, leastLoaded, whyNone } from './placement.ts';

const mixer = (change: Partial<MixerRecord>): MixerRecord => ({
  id: newMixerId(),
  protocol: PROTOCOL_VERSION,
  startedAt: 0,
  draining: false,
  rooms: 0,
  participants: 0,
  maxRooms: 10,
  cpu: 0,
  ...change,
});

test('H7 the least loaded mixer gets the room, as a share of what it holds', () => {
  const small = mixer({ rooms: 2, maxRooms: 4 });
  const big = mixer({ rooms: 10, maxRooms: 100 });
  expect(leastLoaded([small, big], new Set())).toBe(big);
});

test('H7 between equals the one with the idler CPU', () => {
  const busy = mixer({ cpu: 0.9 });
  const idle = mixer({ cpu: 0.1 });
  expect(leastLoaded([busy, idle], new Set())).toBe(idle);
});

test('H7 one that drains, is full or busy, speaks another protocol or was refused gets none', () => {
  const refused = mixer({});
  const others = [
    mixer({ draining: true }),
    mixer({ busy: true }),
    mixer({ rooms: 10 }),
    mixer({ protocol: 99 }),
    refused,
  ];
  expect(leastLoaded(others, new Set([refused.id]))).toBeUndefined();
});

test('says why there is none', () => {
  expect(whyNone([])).toContain('No voice server is running');
  expect(whyNone([mixer({ protocol: 99 })])).toContain('protocol');
  expect(whyNone([mixer({ rooms: 10 })])).toContain('full');
  expect(whyNone([mixer({ busy: true })])).toContain('as it can do in time');
});

test('H7 full are mixers that can take no more, not those that are missing, stop or are to be updated', () => {
  expect(areFull([mixer({ busy: true }), mixer({ rooms: 10 })])).toBe(true);
  expect(areFull([mixer({ busy: true }), mixer({ draining: true })])).toBe(true);
  expect(areFull([mixer({ busy: true }), mixer({})])).toBe(false);
  for (const records of [[], [mixer({ draining: true })], [mixer({ protocol: 99 })]])
    expect(areFull(records)).toBe(false);
});
