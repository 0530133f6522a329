import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis } from '@parley/kit/redis';
import { Scope } from '@parley/kit/scope';
import { applyMigrations } from '@parley/launcher/servers/migrations';
import { startPostgres } from '@parley/launcher/servers/postgres';
import { startRedis } from '@parley/launcher/servers/redis';
import { portOfOurs } from '../ports.ts';
import type { Stores } from './startStores.ts';

const MIGRATIONS = join(import.meta.dirname, '../../../prisma/migrations');

/** A server that can die and come back at the same address with the same data. */
export interface Killable {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Of the process that runs now; Postgres has children. */
  pid(): Promise<number>;
}

export interface KillableServers {
  stores: Stores;
  redis: Killable;
  postgres: Killable;
}

interface Server {
  url: string;
  exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** The launcher's own Redis and Postgres, durable as for a user, for a test that kills them. */
export async function startKillableServers(): Promise<KillableServers> {
  const scope = new Scope();
  try {
    const redis = await killable(scope, 'redis', (dir, port) => startRedis({ dir, port, log: silentLog }), {
      pid: (_dir, url) => redisPid(url),
    });
    const postgres = await killable(
      scope,
      'postgres',
      (dir, port) => startPostgres({ dir, port, log: silentLog }),
      { pid: postmasterPid },
    );
    await applyMigrations(postgres.url, MIGRATIONS);
    const stores = { redisUrl: redis.url, databaseUrl: postgres.url, close: () => scope.close() };
    return { stores, redis, postgres };
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function killable(
  scope: Scope,
  name: string,
  launch: (dir: string, port: number) => Promise<Server>,
  { pid }: { pid: (dir: string, url: string) => Promise<number> },
): Promise<Killable & { url: string }> {
  const dir = await mkdtemp(join(tmpdir(), `parley-test-${name}-`));
  scope.add(() => rm(dir, { recursive: true, force: true }));
  const port = await portOfOurs();
  let server = await launch(dir, port);
  scope.add(() => server.stop());
  const { url } = server;
  return {
    url,
    kill: async () => {
      process.kill(await pid(dir, url), 'SIGKILL');
      await server.exited;
    },
    start: async () => {
      server = await launch(dir, port);
    },
    pid: () => pid(dir, url),
  };
}

async function redisPid(url: string): Promise<number> {
  const redis = createRedis(url, silentLog, 'test');
  const pid = /process_id:(\d+)/.exec(await redis.info('server'))?.[1];
  await closeRedis(redis);
  return asPid(pid);
}

async function postmasterPid(dir: string): Promise<number> {
  return asPid((await readFile(join(dir, 'data/postmaster.pid'), 'utf8')).split('\n')[0]);
}

function asPid(text: string | undefined): number {
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid <= 1) throw new Error(`No process: ${text}`);
  return pid;
}
