import { ensureMediasoupWorker } from '@parley/launcher/setup/mediasoupWorker';
import { ensureCodeAgent } from '@parley/launcher/setup/codeAgent';
import type { TestProject } from 'vitest/node';
import { setupHere } from './setupHere.ts';
import { bootStores } from './stores/boot.ts';

interface Running {
  users: number;
  stores: ReturnType<typeof bootStores>;
}
/** Each project of one run loads this file anew: what they share must hang on the process. */
const onProcess = globalThis as { parleyTestStores?: Running | undefined };

/** What tests of several parts need, made once for all projects of this run; the last one to finish takes it down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (project.name !== 'bench') await ensureCodeAgent(setupHere());
  process.env['MEDIASOUP_WORKER_BIN'] ??= await ensureMediasoupWorker(setupHere());
  const running = (onProcess.parleyTestStores ??= { users: 0, stores: bootStores() });
  running.users += 1;
  const { shared, scope } = await running.stores;
  project.provide('stores', shared);
  return async () => {
    running.users -= 1;
    if (running.users > 0) return;
    onProcess.parleyTestStores = undefined;
    await scope.close();
  };
}
