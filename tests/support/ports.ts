import { isFree } from '@parley/launcher/processes/ports';

/** Below all ports that the system gives to whoever connects: those come and go between our look and our listening. */
const FIRST = 10_000;
const LAST = 32_000;
/** Test files that run at the same time, each in a process of its own, look in places of their own. */
const PLACES = 16;
const SIZE = Math.floor((LAST - FIRST) / PLACES);
const place = Number(process.env['VITEST_POOL_ID'] ?? 0) % PLACES;
let next = Math.floor(Math.random() * SIZE);

/** A port on 127.0.0.1 for a process that is about to start, and, should it be killed, to come back there. */
export async function portOfOurs(): Promise<number> {
  for (let tries = 0; tries < SIZE; tries++) {
    next = (next + 1) % SIZE;
    const port = FIRST + place * SIZE + next;
    if (await isFree('127.0.0.1', port)) return port;
  }
  throw new Error(`No free port among ${SIZE}`);
}
