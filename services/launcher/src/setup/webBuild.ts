import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runCommand } from '../processes/runCommand.ts';
import { hashFiles } from './hashFiles.ts';
import type { Setup } from './Setup.ts';
import { makeOnce } from './stamp.ts';

/** The folder of the page, and the program that builds and serves it. */
export function webApp(root: string): { dir: string; next: string } {
  const dir = join(root, 'apps/web');
  return { dir, next: createRequire(join(dir, 'package.json')).resolve('next/dist/bin/next') };
}

/** Builds the page when its sources, the contract or an installed package changed. */
export async function ensureWebBuild(setup: Setup): Promise<void> {
  const { root, env, terminal, signal } = setup;
  const { dir, next } = webApp(root);
  await makeOnce(setup, {
    stamp: join(dir, '.next/made-from'),
    key: await hashFiles(root, ['apps/web', 'services/contract/src', 'package-lock.json']),
    step: 'Building the page',
    make: () =>
      runCommand(process.execPath, [next, 'build'], {
        cwd: dir,
        env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
        onLine: (line) => terminal.progress(line.trim()),
        signal,
      }),
  });
}
