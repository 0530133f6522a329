import { expect, test } from 'vitest';
import type { Exit } from './OwnedProcess.ts';
import { Supervised } from './Supervised.ts';

interface Life {
  die: (exit?: Exit) => void;
}

/** A process that is started as often as it is asked for, or fails to, and time that passes by hand. */
function bench(backoffMs = [500, 1_000]) {
  const lives: Life[] = [];
  const heard: unknown[][] = [];
  const pauses: { ms: number; end: () => void }[] = [];
  const state = { now: 0, refuse: false, stopped: 0 };
  const supervised = new Supervised({
    name: 'hub',
    backoffMs,
    now: () => state.now,
    pause: (ms, signal) =>
      new Promise((resolve, reject) => {
        pauses.push({ ms, end: resolve });
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      }),
    launch: () => {
      if (state.refuse) return Promise.reject(new Error('hub is not ready'));
      const { promise, resolve } = Promise.withResolvers<Exit>();
      lives.push({ die: (exit = { code: 1, signal: null }) => resolve(exit) });
      return Promise.resolve({
        exited: promise,
        stop: () => {
          state.stopped += 1;
          resolve({ code: 0, signal: null });
          return Promise.resolve();
        },
      });
    },
  });
  supervised.events.on('died', ({ code }, inMs) => heard.push(['died', code, inMs]));
  supervised.events.on('restarted', () => heard.push(['restarted']));
  supervised.events.on('failed', ({ message }) => heard.push(['failed', message]));
  const settle = () => new Promise(setImmediate);
  const die = async () => {
    lives.at(-1)?.die();
    await settle();
  };
  const pass = async () => {
    pauses.shift()?.end();
    await settle();
  };
  return { supervised, state, lives, heard, pauses, die, pass };
}

test('L4 a process that dies is started again after a pause', async () => {
  const { supervised, heard, lives, die, pass } = bench();
  await supervised.start();
  await die();
  expect(heard).toEqual([['died', 1, 500]]);
  expect(lives).toHaveLength(1);
  await pass();
  expect(heard.at(-1)).toEqual(['restarted']);
  expect(lives).toHaveLength(2);
});

test('L4 the pauses grow, then it is given up', async () => {
  const { supervised, heard, die, pass } = bench();
  await supervised.start();
  await die();
  await pass();
  await die();
  await pass();
  await die();
  expect(heard.filter(([what]) => what === 'died')).toEqual([
    ['died', 1, 500],
    ['died', 1, 1_000],
  ]);
  expect(heard.at(-1)).toEqual(['failed', 'hub ended with code 1, 2 new starts did not help']);
});

test('L4 a start that fails counts like a death', async () => {
  const { supervised, state, heard, die, pass } = bench();
  await supervised.start();
  state.refuse = true;
  await die();
  await pass();
  await pass();
  expect(heard.at(-1)).toEqual(['failed', 'hub is not ready, 2 new starts did not help']);
});

test('L4 having run for a minute it starts with the first pause again', async () => {
  const { supervised, state, heard, die, pass } = bench();
  await supervised.start();
  await die();
  await pass();
  state.now += 60_000;
  await die();
  expect(heard.at(-1)).toEqual(['died', 1, 500]);
});

test('the first start is not repeated', async () => {
  const { supervised, state, heard } = bench();
  state.refuse = true;
  await expect(supervised.start()).rejects.toThrow('hub is not ready');
  expect(heard).toEqual([]);
});

test('stopping ends it, and it stays ended', async () => {
  const { supervised, state, heard } = bench();
  await supervised.start();
  await supervised.stop();
  await supervised.stop();
  expect(state.stopped).toBeGreaterThan(0);
  expect(heard).toEqual([]);
});

test('stopping in a pause starts nothing more', async () => {
  const { supervised, lives, heard, die } = bench();
  await supervised.start();
  await die();
  await supervised.stop();
  expect(lives).toHaveLength(1);
  expect(heard).toEqual([['died', 1, 500]]);
});

test('stopped before it was started, it does not start', async () => {
  const { supervised, lives } = bench();
  await supervised.stop();
  await expect(supervised.start()).rejects.toThrow('being stopped');
  expect(lives).toEqual([]);
});

test('stopped while it starts, what has started is stopped', async () => {
  const { supervised, state } = bench();
  const starting = supervised.start();
  const stopping = supervised.stop();
  await expect(starting).rejects.toThrow('being stopped');
  await stopping;
  expect(state.stopped).toBeGreaterThan(0);
});
