import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '@parley/kit/scope';
import { freePort } from '@parley/launcher/processes/ports';
import { runCommand } from '@parley/launcher/processes/runCommand';
import { ServiceProcess } from './ServiceProcess.ts';

const ROOT = join(import.meta.dirname, '../../..');
const WEB = join(ROOT, 'apps/web');
const NEXT = join(ROOT, 'node_modules/next/dist/bin/next');

/** The page as production serves it, built first when nobody has. Returns its address. */
export async function startWeb(logDir: string, scope: Scope): Promise<string> {
  if (!existsSync(join(WEB, '.next/BUILD_ID'))) {
    process.stdout.write('Building the page, once\n');
    await runCommand(process.execPath, [NEXT, 'build'], { cwd: WEB });
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [NEXT, 'start', '-p', String(port), '-H', '127.0.0.1'];
  const service = await ServiceProcess.start({
    name: 'web',
    args,
    cwd: WEB,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    readyUrl: url,
    logDir,
  });
  scope.own(service);
  return url;
}
