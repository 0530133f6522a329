import { mkdir, open, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface LockOptions {
  /** Told once, if somebody else holds the lock. */
  onWait?: () => void;
  signal?: AbortSignal;
  /** A holder that has not touched the file for so long is dead. It touches it five times as often. */
  staleMs?: number;
}

/**
 * Runs `work` while holding a lock file that other processes respect, also those in another container with the same
 * disk: a holder is known to be alive by the age of the file, not by its process ID.
 */
export async function withLock<Result>(
  path: string,
  work: () => Promise<Result>,
  { onWait, signal, staleMs = 15_000 }: LockOptions = {},
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await take(path))) {
    if (!told) onWait?.();
    told = true;
    await breakStale(path, staleMs);
    await delay(staleMs / 30, undefined, signal ? { signal } : {});
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // gone only if somebody took us for dead
  }, staleMs / 5);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(`${process.pid}\n`);
    await file.close();
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves a dead holder's file away. Of two waiters only one can move it, so neither removes the other's new lock. */
async function breakStale(path: string, staleMs: number): Promise<void> {
  const age = await ageMs(path);
  if (age === undefined || age < staleMs) return;
  const aside = `${path}.stale-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = await ageMs(aside);
  if (moved !== undefined && moved < staleMs)
    await writeFile(path, '', { flag: 'wx' }).catch(() => undefined);
  await rm(aside, { force: true });
}

async function ageMs(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
