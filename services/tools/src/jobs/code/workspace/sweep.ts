import { readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** As long as results are kept. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** Removes the workspaces in which no job has begun for a week. Returns how many there were. */
export async function sweepWorkspaces(dataDir: string, now: number): Promise<number> {
  const base = join(resolve(dataDir), 'workspaces');
  let removed = 0;
  for (const name of await readdir(base).catch(() => [])) {
    const folder = join(base, name);
    const { mtimeMs } = await stat(folder);
    if (now - mtimeMs < KEPT_MS) continue;
    await rm(folder, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
