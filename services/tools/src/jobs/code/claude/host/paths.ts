import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** Inputs of the agent's tools that are paths. */
const PATH_FIELDS = ['file_path', 'path', 'notebook_path'];

/**
 * The first path in a tool's input that lies outside of the folder, links followed as far as they exist; undefined when
 * all stay inside. A second check: the wall is what really holds.
 */
export function pathOutside(input: Readonly<Record<string, unknown>>, folder: string): string | undefined {
  const root = realpathSync(folder);
  for (const field of PATH_FIELDS) {
    const path = input[field];
    if (typeof path !== 'string' || path === '') continue;
    const way = relative(root, real(resolve(root, path)));
    if (way === '..' || way.startsWith('../') || isAbsolute(way)) return path;
  }
  return undefined;
}

/** Where a path leads; what does not exist yet lies where its nearest existing parent leads. */
function real(path: string): string {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(realpathSync(at), ...missing);
    } catch {
      if (dirname(at) === at) return path;
      missing.unshift(at.slice(dirname(at).length).replace(/^\//, ''));
    }
  }
}
