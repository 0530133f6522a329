import { createHash, type Hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const PASSED_OVER = /^(node_modules|\..*|next-env\.d\.ts|.*\.tsbuildinfo|.*\.test\.tsx?)$/;

/**
 * A SHA-256 in hex of the names and contents of files and folders below `root`. Installed and generated files, tests and
 * hidden files do not count; neither do times or the place of `root`.
 */
export async function hashFiles(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) await add(hash, root, join(root, path));
  return hash.digest('hex');
}

async function add(hash: Hash, root: string, path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (!entries) {
    hash.update(`${relative(root, path)}\0`).update(await readFile(path));
    return;
  }
  const names = entries.map(({ name }) => name).filter((name) => !PASSED_OVER.test(name));
  for (const name of names.sort()) await add(hash, root, join(path, name));
}
