import { execFileSync } from 'node:child_process';
import { cp, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionId } from '@parley/contract';
import { unzipSync } from 'fflate';
import { describe, expect, it, onTestFinished } from 'vitest';
import { archive } from './archive.ts';
import { compare } from './compare.ts';
import { takeSnapshot } from './snapshot.ts';
import { sweepWorkspaces } from './sweep.ts';
import { Workspace } from './Workspace.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'parley-ws-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A folder, what was done to it, and what came of it. */
async function changed(before: Record<string, string | Buffer>, change: (dir: string) => Promise<void>) {
  const dir = await folder();
  for (const [path, content] of Object.entries(before)) {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  const copy = await folder();
  await cp(dir, copy, { recursive: true });
  const first = await takeSnapshot(dir);
  await change(dir);
  return { dir, copy, changes: await compare(first, await takeSnapshot(dir)) };
}

describe('R30 what has changed', () => {
  it('is told by path, with lines, and the patch makes it again', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
    const { dir, copy, changes } = await changed(
      { 'a.txt': `${lines}\n`, 'gone.txt': 'bye\n', 'no-newline.txt': 'one', 'same.txt': 'same\n' },
      async (at) => {
        await writeFile(join(at, 'a.txt'), `${lines.replace('line 5\n', 'LINE 5\n')}\nlast\n`);
        await rm(join(at, 'gone.txt'));
        await mkdir(join(at, 'new folder'));
        await writeFile(join(at, 'new folder/ü.txt'), 'new\n');
        await writeFile(join(at, 'no-newline.txt'), 'two');
      },
    );
    expect(changes.files).toEqual([
      { path: 'a.txt', change: 'modified', added: 2, removed: 1 },
      { path: 'gone.txt', change: 'deleted', added: 0, removed: 1 },
      { path: 'new folder/ü.txt', change: 'added', added: 1, removed: 0 },
      { path: 'no-newline.txt', change: 'modified', added: 1, removed: 1 },
    ]);
    execFileSync('git', ['apply', '-'], { cwd: copy, input: changes.patch });
    for (const path of ['a.txt', 'new folder/ü.txt', 'no-newline.txt'])
      expect(await readFile(join(copy, path), 'utf8')).toBe(await readFile(join(dir, path), 'utf8'));
    await expect(lstat(join(copy, 'gone.txt'))).rejects.toThrow('ENOENT');
  });

  it('names files that are no text', async () => {
    const { changes } = await changed({ 'x.bin': Buffer.from([0, 1]) }, (at) =>
      writeFile(join(at, 'x.bin'), Buffer.from([0, 2])),
    );
    expect(changes.files).toEqual([{ path: 'x.bin', change: 'modified', added: null, removed: null }]);
    expect(changes.patch).toContain('Binary files a/x.bin and b/x.bin differ');
  });

  it('R34 does not see what is behind links, nor what tools fetch', async () => {
    const { changes } = await changed({ 'a.txt': 'a' }, async (at) => {
      await symlink('/etc', join(at, 'etc'));
      await symlink('/etc/passwd', join(at, 'passwd'));
      await mkdir(join(at, 'node_modules/x'), { recursive: true });
      await writeFile(join(at, 'node_modules/x/index.js'), 'x');
      execFileSync('mkfifo', [join(at, 'pipe')]);
    });
    expect(changes).toEqual({ files: [], patch: '', present: [] });
  });

  it('a text that is hard to compare counts as replaced', async () => {
    const random = () => Array.from({ length: 60_000 }, () => Math.random().toString(36)).join('\n');
    const { changes } = await changed({ 'big.txt': random() }, (at) =>
      writeFile(join(at, 'big.txt'), random()),
    );
    expect(changes.files[0]).toMatchObject({ path: 'big.txt', change: 'modified' });
  }, 15_000);

  it('comes as a zip', () => {
    const zip = archive([{ path: 'docs/a.txt', bytes: Buffer.from('hello') }]);
    const files = unzipSync(zip ?? Buffer.alloc(0));
    expect(Buffer.from(files['docs/a.txt'] ?? []).toString()).toBe('hello');
    expect(archive([])).toBeUndefined();
    expect(archive([{ path: 'big', bytes: Buffer.alloc(30_000_000) }])).toBeUndefined();
  });
});

describe('R34 the workspace', () => {
  const session = 'k7fm-2xqd' as SessionId;

  it('stays from job to job; the home does not', async () => {
    const dir = await folder();
    const first = await Workspace.open(dir, session);
    await first.write('docs/a.txt', 'a');
    await first.close();
    const second = await Workspace.open(dir, session);
    expect(await readFile(join(second.folder, 'docs/a.txt'), 'utf8')).toBe('a');
    expect(second.home).not.toBe(first.home);
    await expect(lstat(first.home)).rejects.toThrow('ENOENT');
    await second.close();
  });

  it('writes through no link', async () => {
    const dir = await folder();
    const workspace = await Workspace.open(dir, session);
    await symlink(dir, join(workspace.folder, 'out'));
    await symlink(join(dir, 'nowhere'), join(workspace.folder, 'link'));
    await expect(workspace.write('out/a.txt', 'a')).rejects.toThrow('outside of the workspace');
    await expect(workspace.write('out/b/a.txt', 'a')).rejects.toThrow('outside of the workspace');
    await expect(workspace.write('link', 'a')).rejects.toThrow('cannot be written');
    await expect(lstat(join(dir, 'b'))).rejects.toThrow('ENOENT');
    await workspace.close();
  });

  it('goes a week after its last job', async () => {
    const dir = await folder();
    expect(await sweepWorkspaces(dir, Date.now())).toBe(0);
    const workspace = await Workspace.open(dir, session);
    await workspace.close();
    const day = 24 * 3_600_000;
    expect(await sweepWorkspaces(dir, Date.now() + 6 * day)).toBe(0);
    expect(await sweepWorkspaces(dir, Date.now() + 8 * day)).toBe(1);
    await expect(lstat(workspace.folder)).rejects.toThrow('ENOENT');
  });
});
