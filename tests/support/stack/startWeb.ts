import type { Scope } from '@parley/kit/scope';
import { portOfOurs } from '../ports.ts';
import { ensureWebBuild, webApp } from '@parley/launcher/setup/webBuild';
import { setupHere } from '../setupHere.ts';
import { ServiceProcess } from './ServiceProcess.ts';

/** The page as production serves it, built first when its sources changed. Gives its address at once. */
export async function startWeb(
  logDir: string,
  scope: Scope,
): Promise<{ url: string; ready: Promise<unknown> }> {
  const setup = setupHere();
  await ensureWebBuild(setup);
  const { dir, next } = webApp(setup.root);
  const port = await portOfOurs();
  const url = `http://127.0.0.1:${port}`;
  const ready = ServiceProcess.start({
    name: 'web',
    args: [next, 'start', '-p', String(port), '-H', '127.0.0.1'],
    cwd: dir,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    readyUrl: url,
    logDir,
  });
  scope.add(async () => (await ready.catch(() => undefined))?.close());
  return { url, ready };
}
