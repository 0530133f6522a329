import { DEFAULT_CONVERSATION } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { FakeLink } from '../testing/FakeLink.ts';
import { FakeProvider } from '../testing/FakeProvider.ts';
import { LinkRefused, type LinkSettings, type RealtimeLink } from './ports.ts';
import { RollOver, type RollOverOptions } from './RollOver.ts';
import type { Moment } from './seam.ts';

const DUE_MS = 3_300_000;
const SETTINGS: LinkSettings = {
  instructions: '',
  voice: 'marin',
  tools: [],
  turnDetection: DEFAULT_CONVERSATION.turnDetection,
};
const still: Moment = { quietMs: 10_000, turnOpen: false, answering: false, playing: false };

let clock: FakeClock;
let provider: FakeProvider;
let rollOver: RollOver;
let moment: Moment;
let current: RealtimeLink | undefined;
let owes: boolean;
let did: string[];

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const turn = async (ms: number) => {
  clock.turn(ms);
  await settle();
};
const make = (options: Partial<RollOverOptions> = {}) =>
  new RollOver({
    clock,
    log: silentLog,
    afterMs: DUE_MS,
    connect: (signal) => provider.connect(SETTINGS, signal),
    compact: async () => void did.push('compact'),
    moment: () => moment,
    handOver: (next, reason) => {
      const old = current;
      current = next;
      did.push(`hand over: ${reason}`);
      return old;
    },
    drained: () => !owes,
    endDrain: () => void did.push('end drain'),
    ...options,
  });

beforeEach(() => {
  clock = new FakeClock();
  provider = new FakeProvider();
  moment = still;
  owes = false;
  did = [];
  current = new FakeLink('old_');
  rollOver = make();
  rollOver.begin(current);
});

/** Until the next link waits for its moment. */
async function ready(): Promise<void> {
  moment = { ...still, playing: true };
  await turn(DUE_MS);
  expect(rollOver.at).toBe('ready');
}

test('M100 warmed in time, handed over in silence, the old one drained and closed, then again', async () => {
  const old = current;
  await turn(DUE_MS - 1);
  expect(rollOver.at).toBe('steady');
  await turn(1);
  expect(did).toEqual(['compact', 'hand over: age']);
  expect(current).toBe(provider.link);
  expect(rollOver.at).toBe('draining');
  expect(old?.closed).toBeUndefined();
  await turn(1_600);
  expect(rollOver.at).toBe('steady');
  expect(did.at(-1)).toBe('end drain');
  expect(old?.closed?.code).toBe('closed');
  await turn(DUE_MS);
  expect(did.filter((what) => what === 'hand over: age')).toHaveLength(2);
});

test('M101 waits for its moment', async () => {
  await ready();
  await turn(200_000);
  expect(did).toEqual(['compact']);
  moment = still;
  await turn(40);
  expect(did).toEqual(['compact', 'hand over: age']);
});

test('M100 the time that the next one has waited is part of its life', async () => {
  await ready();
  await turn(200_000);
  moment = still;
  await turn(40);
  const second = current;
  await turn(DUE_MS - 200_040 - 1);
  expect(provider.links).toHaveLength(1);
  await turn(1);
  await turn(40);
  expect(provider.links).toHaveLength(2);
  expect(current).not.toBe(second);
});

test('M101 takes over in the middle of a word when there is no time left', async () => {
  moment = { quietMs: 0, turnOpen: true, answering: true, playing: true };
  await turn(DUE_MS);
  await turn(289_900);
  expect(rollOver.at).toBe('ready');
  await turn(100);
  expect(rollOver.at).toBe('draining');
});

test('M102 drains for as long as the old one owes something, but not for ever', async () => {
  owes = true;
  await turn(DUE_MS);
  await turn(29_000);
  expect(rollOver.at).toBe('draining');
  await turn(1_100);
  expect(rollOver.at).toBe('steady');
  expect(did.at(-1)).toBe('end drain');
});

test('M102 an old link that dies is drained', async () => {
  owes = true;
  const old = current as FakeLink;
  await turn(DUE_MS);
  old.lose();
  await turn(40);
  expect(did.at(-1)).toBe('end drain');
  expect(rollOver.at).toBe('steady');
});

test('a provider that gives no second link is asked again, and the old one lives on', async () => {
  provider.refusal = new LinkRefused('Full.', { hopeless: false });
  await turn(DUE_MS);
  expect(rollOver.at).toBe('steady');
  await turn(5_000);
  expect(provider.attempts).toBe(2);
  provider.refusal = undefined;
  await turn(5_000);
  expect(did.at(-1)).toBe('hand over: age');
});

test('a next link that dies while it waits is made again, in a while', async () => {
  await ready();
  provider.link.lose();
  await turn(40);
  expect(rollOver.at).toBe('steady');
  await turn(5_000);
  expect(rollOver.at).toBe('ready');
  expect(provider.links).toHaveLength(2);
});

test('M103 it grows dear: replaced before its time, but not a fresh one', async () => {
  rollOver.lighten();
  expect(rollOver.at).toBe('steady');
  await turn(120_000);
  rollOver.lighten();
  rollOver.lighten();
  await settle();
  await turn(40);
  expect(did).toEqual(['compact', 'hand over: cost']);
  expect(provider.links).toHaveLength(1);
});

test('a spare is there only while the next link waits', async () => {
  expect(rollOver.spare()).toBeUndefined();
  await ready();
  expect(rollOver.spare()).toBe(provider.link);
  expect(rollOver.spare()).toBeUndefined();
});

describe('stop', () => {
  test('while the next link is made', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    provider.gate = promise;
    await turn(DUE_MS);
    expect(rollOver.at).toBe('warming');
    rollOver.stop();
    resolve();
    await settle();
    expect(provider.links).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test('while it waits', async () => {
    await ready();
    rollOver.stop();
    expect(provider.link.closed?.code).toBe('closed');
    expect(clock.timers).toBe(0);
  });

  test('while the old one drains', async () => {
    owes = true;
    const old = current;
    await turn(DUE_MS);
    rollOver.stop();
    rollOver.stop();
    expect(old?.closed?.code).toBe('closed');
    expect(did.filter((what) => what === 'end drain')).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  test('M4 from within the handing over', async () => {
    const old = new FakeLink('x_');
    rollOver = make({
      handOver: () => {
        rollOver.stop();
        return old;
      },
    });
    rollOver.begin(new FakeLink('y_'));
    await turn(DUE_MS);
    expect(rollOver.at).toBe('resting');
    expect(old.closed?.code).toBe('closed');
  });
});
