import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { guard } from '../processes/Guard.ts';
import { findChromium } from '../setup/chromium.ts';
import { ensureCodeAgent } from '../setup/codeAgent.ts';
import { ensureMediasoupWorker } from '../setup/mediasoupWorker.ts';
import { ensurePrismaClient } from '../setup/prismaClient.ts';
import { ensureRedisServer } from '../setup/redisServer.ts';
import type { Setup } from '../setup/Setup.ts';
import { ensureWebBuild } from '../setup/webBuild.ts';
import { runsProject, withoutBenches } from './projects.ts';

/** For a test to finish that is under way when the run is given up. */
const PATIENCE_MS = 10_000;

/** Prepares what the tests need and runs vitest with these arguments. Returns its exit code. */
export async function runTests(setup: Setup, wanted: readonly string[]): Promise<number> {
  const args = withoutBenches(wanted);
  const { root, env, signal, terminal } = setup;
  const workerBin = await ensureMediasoupWorker(setup);
  await ensurePrismaClient(setup);
  await ensureRedisServer(setup);
  if (['parts', 'e2e', 'e2e-sound', 'faults'].some((project) => runsProject(args, project)))
    await ensureCodeAgent(setup);
  let chromium: string | undefined;
  if (['e2e', 'e2e-sound', 'bench'].some((project) => runsProject(args, project))) {
    chromium = await findChromium(setup);
    await ensureWebBuild(setup);
  }
  terminal.step('Running the tests');
  const vitest = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args], {
    cwd: root,
    env: {
      ...env,
      MEDIASOUP_WORKER_BIN: workerBin,
      ...(chromium ? { PARLEY_CHROMIUM: chromium } : {}),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true, // in a group of its own, so that it ends with everything that tests left running
  });
  const { pid } = vitest;
  if (pid === undefined) throw new Error('vitest could not be started');
  guard.add(pid, 'SIGTERM');
  const kill = (name: NodeJS.Signals) => {
    try {
      process.kill(-pid, name);
    } catch {
      // It ended in the meantime.
    }
  };
  let patience: NodeJS.Timeout | undefined;
  const stop = () => {
    kill('SIGINT'); // vitest lets the test under way finish
    patience = setTimeout(() => kill('SIGKILL'), PATIENCE_MS);
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const [code] = (await once(vitest, 'exit')) as [number | null];
  clearTimeout(patience);
  signal.removeEventListener('abort', stop);
  kill('SIGKILL');
  guard.remove(pid);
  return code ?? 130;
}
