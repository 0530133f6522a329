import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { programs } from '../testing/programs.ts';
import { launchService, type ServicePlan } from './launchService.ts';
import { freePort, freePortsFrom, isFree } from './ports.ts';

const log = { write: () => undefined };
const never = new AbortController().signal;

async function plan(args: (port: number) => readonly string[], readyWithinMs = 20_000): Promise<ServicePlan> {
  const port = await freePort();
  return {
    name: 'hub',
    command: process.execPath,
    args: args(port),
    cwd: import.meta.dirname,
    env: process.env,
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    readyWithinMs,
    stopWithinMs: 5_000,
  };
}

const answering = (statuses: number[]) => (port: number) => [
  '-e',
  `const statuses = ${JSON.stringify(statuses)};
   require('node:http').createServer((_, answer) => {
     answer.statusCode = statuses.length > 1 ? statuses.shift() : statuses[0];
     answer.end('redis is away');
   }).listen(${port}, '127.0.0.1');`,
];

test('is there once it answers with a success', async () => {
  const running = await launchService(await plan(answering([503, 503, 200])), log, never);
  await running.stop();
  expect(await running.exited).toEqual({ code: null, signal: 'SIGTERM' });
});

test('one that never gets ready is stopped, with its last answer', async () => {
  const launching = launchService(await plan(answering([503]), 6_000), log, never);
  await expect(launching).rejects.toThrow(/hub is not ready after 6 s \(http:.*: 503 redis is away\)/);
});

test('one that ends is not waited for', async () => {
  const launching = launchService(await plan(() => programs.failing), log, never);
  await expect(launching).rejects.toThrow('hub ended with code 3 while starting');
});

test('giving up stops it', async () => {
  const stop = new AbortController();
  const launching = launchService(
    await plan(() => programs.polite),
    { write: () => stop.abort() },
    stop.signal,
  );
  await expect(launching).rejects.toThrow();
});

test('a taken port is seen, and passed over', async () => {
  const port = await freePort();
  expect(await isFree('127.0.0.1', port)).toBe(true);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await isFree('127.0.0.1', port)).toBe(false);
  const found = await freePortsFrom(port, 2);
  expect(found).not.toContain(port);
  expect(new Set(found).size).toBe(2);
  server.close();
});
