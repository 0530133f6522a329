import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files and folders that are looked at; beyond that a folder counts as too large. */
const MAX_ENTRIES = 200_000;

/** Bytes below a folder. Stops, and answers what it has, once that is above `enough`. Links are not followed. */
export async function folderSize(root: string, enough: number): Promise<number> {
  let bytes = 0;
  let entries = 0;
  const open = [root];
  for (let dir = open.pop(); dir !== undefined; dir = open.pop()) {
    for (const entry of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
      entries += 1;
      const path = join(dir, entry.name);
      if (entry.isDirectory()) open.push(path);
      else
        bytes += await lstat(path).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        ); // gone meanwhile
      if (bytes > enough) return bytes;
      if (entries > MAX_ENTRIES) return Infinity;
    }
  }
  return bytes;
}
