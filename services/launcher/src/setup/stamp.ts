import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLock } from './lock.ts';
import type { Setup } from './Setup.ts';

export interface Made {
  /** A file inside what is made; it holds the key of the sources that it was made from. */
  stamp: string;
  key: string;
  /** Shown while it is made. */
  step: string;
  make: () => Promise<void>;
}

/** Makes something when its sources have changed since it was made. Two setups in one checkout do not make it twice. */
export async function makeOnce(
  { root, terminal, signal }: Setup,
  { stamp, key, step, make }: Made,
): Promise<void> {
  const isMade = async () => (await readFile(stamp, 'utf8').catch(() => '')) === key;
  if (await isMade()) return;
  await withLock(
    join(root, 'node_modules/.parley-setup.lock'),
    async () => {
      if (await isMade()) return;
      terminal.step(step);
      await rm(stamp, { force: true });
      await make();
      await mkdir(dirname(stamp), { recursive: true });
      await writeFile(stamp, key);
    },
    { onWait: () => terminal.note('Another setup is at work in this folder, waiting'), signal },
  );
}
