import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';

/** A file as it was: its hash, and its bytes when they are few enough to be kept. */
export interface KeptFile {
  hash: string;
  bytes: Buffer | undefined;
}
/** By path, relative to the folder, with slashes. */
export type Snapshot = ReadonlyMap<string, KeptFile>;

/** Not looked into: what tools fetch or make again, and a repository's own store. */
const SKIPPED = new Set(['.git', 'node_modules', '.venv', '__pycache__', '.cache']);
const MAX_FILES = 20_000;
const MAX_KEPT_FILE = 1_000_000;
const MAX_KEPT = 64_000_000;
/** A larger file is known by its size and times alone. */
const MAX_HASHED = 32_000_000;

/** Every ordinary file below a folder. Links are not followed, not even where a file was a moment ago (R34). */
export async function takeSnapshot(root: string): Promise<Snapshot> {
  const files = new Map<string, KeptFile>();
  let kept = 0;
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(path);
      if (!entry.isFile() || files.size >= MAX_FILES) continue;
      const file = await readKept(join(root, path), kept < MAX_KEPT);
      if (!file) continue;
      kept += file.bytes?.length ?? 0;
      files.set(path, file);
    }
  }
  return files;
}

async function readKept(path: string, keep: boolean): Promise<KeptFile | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => undefined); // gone, or a link by now
  if (!file) return undefined;
  try {
    const { size, mtimeMs } = await file.stat();
    if (size > MAX_HASHED) return { hash: `${size} ${mtimeMs}`, bytes: undefined };
    const bytes = await file.readFile();
    const hash = createHash('sha256').update(bytes).digest('base64');
    return { hash, bytes: keep && size <= MAX_KEPT_FILE ? bytes : undefined };
  } finally {
    await file.close();
  }
}
