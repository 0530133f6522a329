import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { startKillableServers } from '../../support/stores/killableServers.ts';
import { setupHere } from '../../support/setupHere.ts';
import { ensureMediasoupWorker } from '@parley/launcher/setup/mediasoupWorker';
import type { LoadOptions } from './options.ts';
import type { Process } from './report.ts';
import { mixerUsage, none, usageOf, type Usage } from './processes.ts';

/** About as long as the pause in the script; pauses between sentences are not answered. */
const REPLY =
  'I am the simulated voice of this room. Parley lets several people share one conversation with one assistant.';

/** The product on this machine, as one user starts it: one hub, one mixer, one media worker. */
export async function startMachine({ rooms, participants }: LoadOptions): Promise<Stack> {
  process.env['MEDIASOUP_WORKER_BIN'] ??= await ensureMediasoupWorker(setupHere());
  const LOG_LEVEL = 'info';
  const { stores } = await startKillableServers();
  const stack = await startStack({
    stores,
    scenario: { replies: [{ when: {}, reply: { say: REPLY } }] },
    simulatorEnv: { LOG_LEVEL, SIMULATOR_INSPECT_MINUTES: '1', ...fromHere('SIMULATOR_') },
    mixerEnv: { LOG_LEVEL, MAX_ROOMS: String(rooms + 10), MAX_LOAD: '0.85', ...fromHere('MIXER_') },
    hubEnv: { LOG_LEVEL, MAX_PARTICIPANTS: String(Math.max(16, participants)), ...fromHere('HUB_') },
  }).catch(async (error: unknown) => {
    await stores.close();
    throw error;
  });
  const close = async () => {
    try {
      await stack.close();
    } finally {
      await stores.close();
    }
  };
  return { ...stack, close };
}

/** `MIXER_NODE_OPTIONS=--cpu-prof`, `HUB_…`, `SIMULATOR_…` and the like are handed on. */
function fromHere(prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) =>
      key.startsWith(prefix) && value !== undefined ? [[key.slice(prefix.length), value]] : [],
    ),
  );
}

/** What each process has used so far. */
export async function usageOfAll(stack: Stack | undefined): Promise<Record<Process, Usage>> {
  const { user, system } = process.cpuUsage();
  const bots = { cpu: (user + system) / 1e6, rss: process.memoryUsage.rss(), handles: 0 };
  if (!stack) return { mixer: none(), worker: none(), hub: none(), simulator: none(), bots };
  const { mixer, worker } = await mixerUsage(stack.mixers[0]?.pid ?? 0);
  const hub = (await usageOf(stack.hubs[0]?.pid ?? 0)) ?? none();
  const simulator = (await usageOf(stack.simulator.pid)) ?? none();
  return { mixer, worker, hub, simulator, bots };
}
