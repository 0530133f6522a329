import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '@parley/contract';
import { MediaKeeper, type MediaState } from './MediaKeeper.ts';
import { Unsupported, type MediaHandlers } from './MediaPort.ts';
import { FakeMedia } from './testing/FakeMedia.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A keeper over fake transports, whose `rejoin` joins at once, as a living hub does. */
function keeping({ hub = true } = {}) {
  const made: FakeMedia[] = [];
  const states: MediaState[] = [];
  const world = {
    hub,
    refuse: undefined as Error | undefined,
    made,
    states,
    ready: 0,
    messages: [] as string[],
    troubles: [] as string[],
    rejoin: (): void => void (world.hub && keeper.joined({})),
    last: () => made.at(-1) ?? expect.fail('no media was made'),
  };
  const keeper: MediaKeeper = new MediaKeeper({
    open: async (_capabilities, handlers: MediaHandlers) => {
      if (world.refuse !== undefined) throw world.refuse;
      const media = new FakeMedia(handlers);
      made.push(media);
      return media;
    },
    rejoin: () => world.rejoin(),
    isLive: () => world.hub,
    onState: (state) => states.push(state),
    onReady: () => void (world.ready += 1),
    onMessage: (text) => world.messages.push(text),
    onTracks: () => undefined,
    onTrouble: (what) => world.troubles.push(what),
  });
  return { keeper, world };
}

async function up() {
  const { keeper, world } = keeping();
  await keeper.joined({});
  world.last().comeUp();
  return { keeper, world };
}

test('a first join opens the media, and open channels make it ready', async () => {
  const { world } = await up();
  expect([world.made.length, world.ready, world.states]).toEqual([1, 1, ['up']]);
});

test('channels that open before the media is handed over make it ready once it is', async () => {
  const ready: boolean[] = [];
  const keeper: MediaKeeper = new MediaKeeper({
    open: async (_capabilities, handlers) => {
      const media = new FakeMedia(handlers);
      media.comeUp();
      return media;
    },
    rejoin: () => undefined,
    isLive: () => true,
    onState: () => undefined,
    onReady: () => ready.push(keeper.media !== undefined),
    onMessage: () => undefined,
    onTracks: () => undefined,
    onTrouble: () => undefined,
  });
  await keeper.joined({});
  expect(ready).toEqual([true]);
});

test('the voices wanted before it was open are fetched when it is', async () => {
  const { keeper, world } = keeping();
  keeper.sync(new Map([['m1', 'assistant']]));
  await keeper.joined({});
  expect([...world.last().wanted]).toEqual([['m1', 'assistant']]);
});

describe('when the hub was away and is back', () => {
  test('transports that still stand are kept, and the room is asked for its state', async () => {
    const { keeper, world } = await up();
    await keeper.joined({});
    expect([world.made.length, world.ready, world.last().closed]).toEqual([1, 2, 0]);
  });

  test('transports that the room forgot are made anew', async () => {
    const { keeper, world } = await up();
    world.last().standing = false;
    await keeper.joined({});
    expect([world.made.length, world.made[0]?.closed]).toEqual([2, 1]);
  });

  test('transports that broke meanwhile are restarted', async () => {
    const { keeper, world } = await up();
    world.hub = false;
    world.last().handlers.onFlow('down');
    expect([world.last().restarts, world.states.at(-1)]).toEqual([0, 'healing']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.states.at(-1)).toBe('healing');
    world.hub = true;
    await keeper.joined({});
    expect(world.last().restarts).toBe(1);
    world.last().handlers.onFlow('up');
    expect(world.states.at(-1)).toBe('up');
  });
});

test('a microphone that the room does not know the transport of gets new ones; any other trouble is told', async () => {
  const { world } = await up();
  const forgotten = new AppError('media-not-found', 'This device has no such send connection.');
  world.last().handlers.onTrouble('microphone', forgotten);
  await vi.advanceTimersByTimeAsync(0);
  expect([world.made.length, world.made[0]?.closed, world.troubles]).toEqual([2, 1, []]);
  world.last().handlers.onTrouble('microphone', new AppError('bad-media', 'Not Opus.'));
  world.last().handlers.onTrouble('voice', forgotten);
  expect([world.made.length, world.troubles]).toEqual([2, ['microphone', 'voice']]);
});

test('what goes wrong with transports that are about to be replaced is no trouble', async () => {
  const { keeper, world } = await up();
  const joins: (() => void)[] = [];
  world.rejoin = () => void joins.push(() => void keeper.joined({}));
  keeper.rebuild();
  world.last().handlers.onTrouble('microphone', new AppError('media-not-found', 'Gone.'));
  world.last().handlers.onTrouble('voice', new AppError('media-not-found', 'Gone.'));
  expect([joins.length, world.troubles]).toEqual([1, []]);
  for (const join of joins) join();
  await vi.advanceTimersByTimeAsync(0);
  expect(world.made.length).toBe(2);
});

describe('a shaky line', () => {
  test('that heals by itself is left alone', async () => {
    const { world } = await up();
    world.last().handlers.onFlow('shaky');
    await vi.advanceTimersByTimeAsync(1_000);
    world.last().handlers.onFlow('up');
    await vi.advanceTimersByTimeAsync(60_000);
    expect([world.last().restarts, world.made.length]).toEqual([0, 1]);
  });

  test('that does not heal gets an ICE restart, then new transports, then words', async () => {
    const { world } = await up();
    world.last().handlers.onFlow('shaky');
    await vi.advanceTimersByTimeAsync(3_000);
    expect([world.last().restarts, world.states.at(-1)]).toEqual([1, 'healing']);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(world.made.length).toBe(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.states.at(-1)).toBe('failed');
    expect(world.made.every((media) => media.closed === 1)).toBe(true);
  });
});

test('a failed restart goes straight to new transports', async () => {
  const { world } = await up();
  world.last().restart = () => Promise.reject(new Error('media-not-found'));
  world.last().handlers.onFlow('down');
  await vi.advanceTimersByTimeAsync(0);
  expect(world.made.length).toBe(2);
});

test('media that cannot be opened is tried again, then only when asked', async () => {
  const { keeper, world } = keeping();
  world.refuse = new Error('refused');
  await keeper.joined({});
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.states).toEqual(['failed']);
  world.refuse = undefined;
  keeper.retry();
  await vi.advanceTimersByTimeAsync(0);
  world.last().comeUp();
  expect(world.states).toEqual(['failed', 'healing', 'up']);
});

test('a browser that cannot do it is not asked again', async () => {
  const { keeper, world } = keeping();
  world.refuse = new Unsupported();
  await keeper.joined({});
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.states).toEqual(['unsupported']);
});

test('what an old generation still says is not heard', async () => {
  const { keeper, world } = await up();
  const old = world.last();
  keeper.rebuild();
  await vi.advanceTimersByTimeAsync(0);
  old.handlers.onMessage('late');
  old.handlers.onFlow('down');
  expect([world.messages, world.made.length, world.last().restarts]).toEqual([[], 2, 0]);
});

test('closed, it closes its media once and starts nothing any more', async () => {
  const { keeper, world } = await up();
  keeper.close();
  keeper.close();
  keeper.rebuild();
  await keeper.joined({});
  await vi.advanceTimersByTimeAsync(60_000);
  expect([world.made.length, world.last().closed]).toEqual([1, 1]);
});

test('media that opens after the closing is closed at once', async () => {
  const late = Promise.withResolvers<FakeMedia>();
  const keeper = new MediaKeeper({
    open: () => late.promise,
    rejoin: () => undefined,
    isLive: () => true,
    onState: () => undefined,
    onReady: () => undefined,
    onMessage: () => undefined,
    onTracks: () => undefined,
    onTrouble: () => undefined,
  });
  const joining = keeper.joined({});
  keeper.close();
  const media = new FakeMedia({} as MediaHandlers);
  late.resolve(media);
  await joining;
  expect(media.closed).toBe(1);
});
