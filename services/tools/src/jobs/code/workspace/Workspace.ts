import { constants } from 'node:fs';
import { chmod, lchown, mkdir, mkdtemp, open, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { SessionId } from '@parley/contract';
import { JobFailure } from '../../Runner.ts';

/** The folder of a session that its code jobs work in, one after the other; it stays when they end. */
export class Workspace {
  /** Absolute, links resolved. */
  readonly folder: string;
  /** Private to one job: HOME of its agent. */
  readonly home: string;

  private constructor(folder: string, home: string) {
    this.folder = folder;
    this.home = home;
  }

  static async open(dataDir: string, session: SessionId): Promise<Workspace> {
    const base = join(resolve(dataDir), 'workspaces', session);
    await mkdir(join(base, 'files'), { recursive: true });
    const home = await mkdtemp(join(base, 'home-'));
    return new Workspace(await realpath(join(base, 'files')), await realpath(home));
  }

  /** Writes a file that a job begins with. Rejects with a JobFailure when its way leads out of the folder. */
  async write(path: string, content: string): Promise<void> {
    const target = join(this.folder, path);
    const parent = dirname(target);
    await this.#makeFolder(path, parent);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    const file = await open(target, flags, 0o644).catch((error: unknown) => {
      throw new JobFailure(`The file ${path} cannot be written in the workspace.`, { cause: error });
    });
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  }

  /** Gives all of it to the user that the agent runs as. */
  async giveTo(user: number | undefined): Promise<void> {
    if (user === undefined) return;
    const folders = [this.folder, this.home];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      await lchown(folder, user, user);
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else await lchown(path, user, user);
      }
    }
  }

  /** Removes what belonged to the job alone. */
  async close(): Promise<void> {
    await chmod(this.home, 0o700).catch(() => undefined); // it may have been taken away from us
    await rm(this.home, { recursive: true, force: true });
  }

  /** Makes the folders on the way; a link among them must not lead out. */
  async #makeFolder(path: string, parent: string): Promise<void> {
    let at = this.folder;
    for (const name of relative(this.folder, parent).split('/').filter(Boolean)) {
      at = join(at, name);
      await mkdir(at).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      });
      const real = await realpath(at);
      if (real !== this.folder && !real.startsWith(`${this.folder}/`))
        throw new JobFailure(`The file ${path} would lie outside of the workspace.`);
    }
  }
}
