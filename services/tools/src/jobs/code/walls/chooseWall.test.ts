import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chooseWall } from './chooseWall.ts';
import { OpenWall } from './OpenWall.ts';
import { PATH, type Wall } from './Wall.ts';

const exec = promisify(execFile);
const root = process.getuid?.() === 0;
const linux = process.platform === 'linux';

/** What a shell says inside. */
async function inside(wall: Wall, script: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'parley-wall-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await chmod(dir, 0o711);
  const [workspace, home] = [join(dir, 'w'), join(dir, 'h')];
  const owner = wall.owner(1);
  for (const path of [workspace, home]) {
    await mkdir(path);
    if (owner !== undefined) await chown(path, owner, owner);
  }
  const entry = await wall.enter('sh', ['-c', script], {
    workspace,
    home,
    shown: [],
    network: false,
    limits: { memory: 2 ** 28, processes: 50, fileSize: 2 ** 20, cpuSeconds: 7 },
    slot: 1,
  });
  onTestFinished(() => entry.leave());
  const options = { cwd: workspace, env: { PATH, HOME: entry.at(home) }, timeout: 10_000 };
  return (await exec(entry.command, entry.args, options)).stdout.trim();
}

describe.runIf(linux)('R31 R32 a wall', () => {
  it('is tried out before it is taken; none is none', async () => {
    const wall = await chooseWall('auto');
    expect(wall.about.length).toBeGreaterThan(10);
    expect((await chooseWall('none')).kind).toBe('none');
  });

  it('of namespaces shows no process, no capability, no user of this machine', async ({ skip }) => {
    const wall = await chooseWall('auto');
    if (wall.kind !== 'namespaces') skip('this machine allows no namespaces');
    const script =
      'pwd; echo $HOME; grep -h CapBnd /proc/self/status; ls -d /proc/[0-9]* | wc -l; wc -l < /etc/passwd';
    const [pwd, home, capabilities, processes, users] = (await inside(wall, script)).split('\n');
    expect([pwd, home]).toEqual(['/workspace', '/home/agent']);
    expect(capabilities).toMatch(/0{16}$/);
    expect(Number(processes)).toBeLessThan(6);
    expect(users).toBe('1');
  });

  it('of any kind has limits', async () => {
    const limits = 'ulimit -t; ulimit -c; ulimit -f';
    for (const wall of [await chooseWall('auto'), new OpenWall('none')])
      expect((await inside(wall, limits)).split('\n')).toEqual(['7', '0', '2048']);
  });

  it.runIf(root)('of another user is that user, without rights', async () => {
    const script = 'id -u; grep -h NoNewPrivs /proc/self/status; test -r /etc/shadow && echo readable';
    const said = await inside(new OpenWall('user'), `${script}; true`);
    expect(said).toMatch(/^64001\nNoNewPrivs:\s+1$/);
  });
});
