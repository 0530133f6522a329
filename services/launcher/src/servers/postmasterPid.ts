import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Makes way for a new server in a data folder. After a crash the old server's `postmaster.pid` is still there; its
 * number may meanwhile belong to any other program, which PostgreSQL cannot tell. A server that really runs there is
 * given `withinMs` to end.
 */
export async function clearStalePid(data: string, withinMs: number): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const deadline = Date.now() + withinMs;
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return;
    const pid = Number.parseInt(text, 10);
    if (!commandLine(pid).includes(data)) return rm(file, { force: true });
    if (Date.now() > deadline)
      throw new Error(`Another PostgreSQL (process ${pid}) runs on ${data}. Stop it first: kill -INT ${pid}`);
    await delay(100);
  }
}

/** Empty when there is no such process. */
function commandLine(pid: number): string {
  if (!(pid > 0)) return '';
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}
