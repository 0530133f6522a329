import { silentLog } from '@parley/kit/log';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { FakeProvider } from '../testing/FakeProvider.ts';
import { LinkKeeper, type LinkLoss } from './LinkKeeper.ts';
import { LinkRefused, type RealtimeLink } from './ports.ts';

let clock: FakeClock;
let provider: FakeProvider;
let keeper: LinkKeeper;
let ups: RealtimeLink[];
let downs: LinkLoss[];

/** Lets what was promised come true. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const turn = async (ms: number) => {
  clock.turn(ms);
  await settle();
};

beforeEach(() => {
  clock = new FakeClock();
  provider = new FakeProvider();
  ups = [];
  downs = [];
  keeper = new LinkKeeper({
    connect: provider.connect,
    settings: { instructions: '', voice: 'marin', tools: [], turnDetection: { type: 'none' } },
    clock,
    log: silentLog,
    random: () => 1,
    up: (link) => ups.push(link),
    down: (loss) => downs.push(loss),
  });
});

test('connects once, however often it is started', async () => {
  keeper.start();
  keeper.start();
  await settle();
  expect(provider.attempts).toBe(1);
  expect(keeper.link).toBe(provider.link);
  expect(ups).toEqual([provider.link]);
});

test('tries again after 0.5 s, 1 s, 2 s … 30 s, and starts anew after a good link', async () => {
  provider.refusal = new LinkRefused('No.', { hopeless: false });
  keeper.start();
  await settle();
  for (let i = 0; i < 7; i++) await turn(downs.at(-1)?.retryInMs ?? 0);
  expect(downs.map(({ retryInMs }) => retryInMs)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  provider.refusal = undefined;
  await turn(30_000);
  expect(ups).toHaveLength(1);
  clock.turn(10_000);
  provider.link.lose();
  expect(downs.at(-1)).toEqual({ message: 'The cable is cut.', retryInMs: 500, expired: false });
  expect(keeper.link).toBeUndefined();
});

test('a link that dies young does not reset the pause', async () => {
  keeper.start();
  for (let i = 0; i < 4; i++) {
    await turn(downs.at(-1)?.retryInMs ?? 0);
    provider.link.lose();
  }
  expect(downs.map(({ retryInMs }) => retryInMs)).toEqual([500, 1_000, 2_000, 4_000]);
});

test('chance halves the pause at most', async () => {
  const early = new LinkKeeper({
    connect: () => Promise.reject(new Error('boom')),
    settings: { instructions: '', voice: 'marin', tools: [], turnDetection: { type: 'none' } },
    clock,
    log: silentLog,
    random: () => 0,
    up: (link) => ups.push(link),
    down: (loss) => downs.push(loss),
  });
  early.start();
  await settle();
  expect(downs).toEqual([
    { message: 'The voice provider cannot be reached.', retryInMs: 250, expired: false },
  ]);
});

test('what is hopeless is tried every half minute at once', async () => {
  provider.refusal = new LinkRefused('Wrong key.', { hopeless: true });
  keeper.start();
  await settle();
  expect(downs).toEqual([{ message: 'Wrong key.', retryInMs: 30_000, expired: false }]);
});

test('a session that has run out is replaced at once', async () => {
  keeper.start();
  await settle();
  clock.turn(3_600_000);
  provider.link.lose({ code: 'expired', message: '60 minutes.' });
  expect(downs).toEqual([{ message: '60 minutes.', retryInMs: 0, expired: true }]);
  await turn(0);
  expect(ups).toHaveLength(2);
});

test('a link that died before it was handed over counts as refused', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  provider.gate = promise;
  keeper.start();
  resolve();
  await promise;
  provider.link.lose();
  await settle();
  expect(ups).toEqual([]);
  expect(downs[0]?.message).toBe('The cable is cut.');
});

test('drop: the link is closed and replaced, once', async () => {
  keeper.start();
  await settle();
  const { link } = provider;
  keeper.drop('stuck');
  keeper.drop('stuck');
  expect(link.closed?.code).toBe('closed');
  expect(downs).toHaveLength(1);
  await turn(500);
  expect(ups).toHaveLength(2);
});

test.each(['idle', 'connecting', 'waiting', 'live'])(
  'close while %s: no link, no timer, no word',
  async (at) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (at === 'connecting') provider.gate = promise;
    if (at === 'waiting') provider.refusal = new LinkRefused('No.', { hopeless: false });
    if (at !== 'idle') keeper.start();
    await settle();
    const words = downs.length;
    keeper.close('over');
    keeper.close('over');
    resolve();
    await settle();
    keeper.start();
    expect(keeper.link).toBeUndefined();
    expect(clock.timers).toBe(0);
    expect(downs).toHaveLength(words);
    expect(provider.links.every(({ closed }) => closed)).toBe(true);
  },
);

test('a link that comes although it was given up is closed', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stubborn = new LinkKeeper({
    connect: async (settings) => {
      await promise;
      return provider.connect(settings, new AbortController().signal);
    },
    settings: { instructions: '', voice: 'marin', tools: [], turnDetection: { type: 'none' } },
    clock,
    log: silentLog,
    random: () => 1,
    up: (link) => ups.push(link),
    down: (loss) => downs.push(loss),
  });
  stubborn.start();
  stubborn.close('over');
  resolve();
  await settle();
  expect(provider.link.closed?.code).toBe('closed');
  expect(ups).toEqual([]);
});

test('a listener that fails on a new link does not make it a refused one', async () => {
  const failing = new LinkKeeper({
    connect: provider.connect,
    settings: { instructions: '', voice: 'marin', tools: [], turnDetection: { type: 'none' } },
    clock,
    log: silentLog,
    random: () => 1,
    up: () => {
      throw new Error('a bug of ours');
    },
    down: (loss) => downs.push(loss),
  });
  failing.start();
  await settle();
  expect(failing.link).toBe(provider.link);
  expect(downs).toEqual([]);
});

test('other settings: for the link of this moment, for one that is being made, and for the next', async () => {
  const semantic = { type: 'semantic', eagerness: 'high' } as const;
  const { promise, resolve } = Promise.withResolvers<void>();
  provider.gate = promise;
  keeper.start();
  keeper.configure({ turnDetection: semantic });
  resolve();
  await settle();
  expect(provider.settings[0]?.turnDetection).toEqual({ type: 'none' });
  expect(provider.link.named('configure').map(([, change]) => change.turnDetection)).toEqual([semantic]);
  keeper.configure({ turnDetection: { type: 'none' } });
  expect(provider.link.named('configure').at(-1)?.[1]).toEqual({ turnDetection: { type: 'none' } });
  keeper.configure({ turnDetection: semantic });
  provider.link.lose();
  await turn(500);
  expect(provider.settings[1]?.turnDetection).toEqual(semantic);
  expect(provider.link.named('configure')).toEqual([]);
});
