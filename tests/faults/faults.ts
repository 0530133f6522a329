import { execFileSync } from 'node:child_process';
import { keys } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import type { KillableServers } from '../support/stores/killableServers.ts';
import type { ServiceProcess } from '../support/stack/ServiceProcess.ts';
import type { Stack } from '../support/stack/startStack.ts';
import type { LiveSession } from './LiveSession.ts';

export interface Scene {
  stack: Stack;
  servers: KillableServers;
  redis: Redis;
  session: LiveSession;
}

/** Kills something (SIGKILL) and returns how it is brought back, as whoever supervises it would at once. */
export type Fault = (scene: Scene) => Promise<() => Promise<void>>;

export const FAULTS: Readonly<Record<string, Fault>> = {
  hub: async ({ stack }) => killed(stack.hubs[0]),
  mixer: async (scene) => killed(await mixerOf(scene)),
  'media worker': async (scene) => {
    const workers = mediaWorkers(await mixerOf(scene));
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    return () => Promise.resolve();
  },
  'event writer': async ({ stack, redis }) => {
    return killed(whoIs(await redis.get(keys.eventWriter), stack.hubs));
  },
  redis: async ({ servers: { redis } }) => {
    await redis.kill();
    return () => redis.start();
  },
  postgres: async ({ servers: { postgres } }) => {
    await postgres.kill();
    return () => postgres.start();
  },
  provider: async ({ stack }) => killed(stack.simulator),
};

async function killed(service: ServiceProcess | undefined): Promise<() => Promise<void>> {
  if (!service) throw new Error('Nobody to kill');
  await service.kill();
  return () => service.start();
}

/** The mixer that has the session's room. */
async function mixerOf({ stack, redis, session }: Scene): Promise<ServiceProcess> {
  return whoIs(await redis.hget(keys.session(session.id), 'mixer'), stack.mixers);
}

function whoIs(id: string | null, services: readonly ServiceProcess[]): ServiceProcess {
  const found = services.find(({ announcement }) => id !== null && announcement.includes(id));
  if (!found) throw new Error(`Nobody is ${id}`);
  return found;
}

function mediaWorkers(mixer: ServiceProcess): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const pids = lines.flatMap((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    return Number(parent) === mixer.pid && args.join(' ').includes('mediasoup') ? [Number(pid)] : [];
  });
  if (pids.length === 0) throw new Error(`${mixer.name} has no media worker`);
  return pids;
}
