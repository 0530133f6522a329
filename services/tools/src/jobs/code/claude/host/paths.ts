import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';

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

/** Links that lead to links; nobody means more. */
const MAX_LINKS = 20;

/** Where a path leads; what does not exist yet lies where its nearest existing parent leads, or where its link points. */
function real(path: string, links = 0): string {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const pointed = linkTarget(at);
    if (pointed !== undefined && links < MAX_LINKS && !existsSync(at))
      return join(real(resolve(real(dirname(at), links + 1), pointed), links + 1), ...missing);
    try {
      return join(realpathSync(at), ...missing);
    } catch {
      if (dirname(at) === at) return path;
      missing.unshift(basename(at));
    }
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // not there, or no link
  }
}
