// Runs on whatever Node is installed, with nothing else installed.
import { readFileSync } from 'node:fs';

const LOOK_MS = 1_000;

/**
 * Calls `gone` when the npm that started this process ends, which npm does without a word when it is killed. npm runs a
 * script through a shell, which stays in between on most systems. Does nothing when npm is not behind it.
 */
export function onNpmGone(gone) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const grandparent = isShell(parent) ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (grandparent === undefined || parentOf(parent) === grandparent)) return;
    clearInterval(timer);
    gone();
  }, LOOK_MS);
  timer.unref();
}

function isShell(pid) {
  return readProc(pid, 'cmdline').includes('\0-c\0');
}

/** The fourth field of /proc/<pid>/stat; the second is a name in brackets that may hold anything (proc(5)). */
function parentOf(pid) {
  const stat = readProc(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
}

/** Empty where there is no /proc. */
function readProc(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
