import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NamespaceWall } from './NamespaceWall.ts';
import { OpenWall } from './OpenWall.ts';
import { PATH, type Wall } from './Wall.ts';

const exec = promisify(execFile);
const TRY_MS = 10_000;
/** Writes here, and sees all but the first. */
const PROOF = 'touch proof && ! test -e "$1" && shift && for path; do test -r "$path" || exit 1; done';

/**
 * The strongest wall that works here: each is tried out. `none` takes limits alone. `reach`: what another user must be able
 * to read where there is no wall of namespaces to show it.
 */
export async function chooseWall(
  isolation: 'auto' | 'required' | 'none',
  reach: readonly string[] = [],
): Promise<Wall> {
  const root = process.getuid?.() === 0;
  const strong = new NamespaceWall(root);
  if (isolation === 'none' || process.platform !== 'linux') return new OpenWall('none');
  if (await holds(strong, true, [])) return strong;
  const user = new OpenWall('user');
  return root && (await holds(user, false, reach)) ? user : new OpenWall('none');
}

async function holds(wall: Wall, hides: boolean, reach: readonly string[]): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), 'parley-try-'));
  const [workspace, home, shown, hidden] = ['w', 'h', 's', 'x'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
    string,
  ];
  const slot = process.pid;
  try {
    await chmod(dir, 0o711);
    await mkdir(hidden);
    const owner = wall.owner(slot);
    for (const path of [workspace, home, shown]) {
      await mkdir(path);
      if (owner !== undefined) await chown(path, owner, owner);
    }
    await writeFile(join(shown, 'seen'), '');
    const entry = await wall.enter(
      'sh',
      ['-c', PROOF, 'sh', hides ? hidden : join(dir, 'nothing'), join(shown, 'seen'), ...reach],
      {
        workspace,
        home,
        shown: [{ source: shown, target: '/opt/parley/try', writable: false }],
        network: false,
        limits: { memory: 2 ** 30, processes: 200, fileSize: 2 ** 20, cpuSeconds: 10 },
        slot,
      },
    );
    try {
      await exec(entry.command, entry.args, { cwd: workspace, timeout: TRY_MS, env: { PATH } });
      return true;
    } finally {
      await entry.leave();
    }
  } catch {
    return false; // why does not matter here: the next one is tried
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
