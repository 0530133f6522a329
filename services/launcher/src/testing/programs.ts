import { existsSync, readFileSync } from 'node:fs';

/** Small programs for tests, as arguments of `node`. Each prints `ready` once it listens to what it is sent. */
const script = (text: string) => ['-e', text];
const stay = 'setInterval(() => {}, 1e9); console.log("ready");';

export const programs = {
  /** Ends politely when asked. */
  polite: script(`process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); ${stay}`),
  /** Has to be killed. */
  stubborn: script(`process.on('SIGTERM', () => console.log('no')); ${stay}`),
  /** Prints `child <pid>` of a child of its own that has to be killed. */
  parent: script(
    `const { spawn } = require('node:child_process');
     const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); ${stay.replaceAll('"', String.raw`\"`)}"], { stdio: ['ignore', 'pipe', 'ignore'] });
     child.stdout.once('data', () => console.log('child ' + child.pid));
     setInterval(() => {}, 1e9);`,
  ),
  /** Ends at once. */
  failing: script(`console.log('cannot'); process.exit(3);`),
};

/** Whether a process runs; one that has ended but was not yet collected by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return !existsSync('/proc/self');
  }
}
