import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { isAlive, programs } from '../testing/programs.ts';
import { GUARD } from './Guard.ts';

/** A process of its own that owns others, prints their numbers, and is then killed. */
async function killOwner(args: readonly string[], count: number): Promise<number[]> {
  const source = `
    import { OwnedProcess } from ${JSON.stringify(join(import.meta.dirname, 'OwnedProcess.ts'))};
    for (let index = 0; index < ${count}; index++) {
      const owned = await OwnedProcess.start({
        command: process.execPath, args: ${JSON.stringify(args)}, env: process.env,
        onLine: (line) => console.log(line.startsWith('child') ? line : 'owned ' + owned.pid),
      });
    }`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pids: number[] = [];
  for await (const line of createInterface({ input: owner.stdout })) {
    pids.push(Number(line.split(' ')[1]));
    if (pids.length === count) break;
  }
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  return pids;
}

test('L6 when the launcher is killed, everything that it started is asked to end', async () => {
  const pids = await killOwner(programs.polite, 3);
  expect(pids).toHaveLength(3);
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 30_000 });
});

test('L6 whoever does not listen is killed, whoever has ended is left alone', async () => {
  const [stubborn, removed] = await Promise.all([startGroup(programs.stubborn), startGroup(programs.polite)]);
  const guard = spawn('sh', [GUARD, '3'], { stdio: ['pipe', 'ignore', 'ignore'] });
  guard.stdin.end(`add TERM ${stubborn}\nadd TERM ${removed}\nremove ${removed}\n`);
  await once(guard, 'exit');
  await vi.waitFor(() => expect(isAlive(stubborn)).toBe(false), { timeout: 30_000 });
  expect(isAlive(removed)).toBe(true);
  process.kill(-removed, 'SIGKILL');
});

async function startGroup(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}
