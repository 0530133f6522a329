import type { Scope } from '@parley/kit/scope';
import { portOfOurs } from '../ports.ts';
import { ensureWebBuild, webApp } from '@parley/launcher/setup/webBuild';
import { setupHere } from '../setupHere.ts';
import { ServiceProcess } from './ServiceProcess.ts';

/** The page as production serves it, built first when its sources changed. Returns its address. */
export async function startWeb(logDir: string, scope: Scope): Promise<string> {
  const setup = setupHere();
  await ensureWebBuild(setup);
  const { dir, next } = webApp(setup.root);
  const port = await portOfOurs();
  const url = `http://127.0.0.1:${port}`;
  const service = await ServiceProcess.start({
    name: 'web',
    args: [next, 'start', '-p', String(port), '-H', '127.0.0.1'],
    cwd: dir,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    readyUrl: url,
    logDir,
  });
  scope.own(service);
  return url;
}
