// Runs on whatever Node is installed, with nothing else installed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** npm writes down what it installed; that must be what the lock file names for this platform. */
export function isInstalled(folder) {
  const wanted = readPackages(join(folder, 'package-lock.json'));
  const found = readPackages(join(folder, 'node_modules/.package-lock.json'));
  if (!found) return false;
  return Object.entries(wanted ?? {}).every(([path, { version, integrity, optional, os, cpu, link }]) => {
    if (path === '' || link || !path.includes('node_modules/')) return true;
    const here = found[path];
    if (!here) return Boolean(optional) || !fits(os, process.platform) || !fits(cpu, process.arch);
    return here.version === version && here.integrity === integrity;
  });
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

function fits(list, value) {
  return !list || list.includes(value) || list.every((name) => name.startsWith('!') && name !== `!${value}`);
}
