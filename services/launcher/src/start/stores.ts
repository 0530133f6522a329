import { join } from 'node:path';
import { closeRedis, createRedis, waitForRedis } from '@parley/kit/redis';
import { silentLog } from '@parley/kit/log';
import { applyMigrations } from '../servers/migrations.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';
import { ensureRedisServer } from '../setup/redisServer.ts';
import { SetupError } from '../setup/Setup.ts';
import { keepRunning, type Start } from './keepRunning.ts';

export interface Stores {
  databaseUrl: string;
  redisUrl: string;
}

const REDIS_ANSWERS_MS = 5_000;

/** Brings up whichever of Postgres and Redis is not given by address, and the database to this version's shape. */
export async function bringStores(start: Start, ports: { postgres: number; redis: number }): Promise<Stores> {
  const { config } = start;
  const [databaseUrl, redisUrl] = await Promise.all([
    config.DATABASE_URL ?? embeddedPostgres(start, ports.postgres),
    config.REDIS_URL ? givenRedis(config.REDIS_URL) : embeddedRedis(start, ports.redis),
  ]);
  await migrate(start, databaseUrl);
  return { databaseUrl, redisUrl };
}

async function embeddedPostgres(start: Start, port: number): Promise<string> {
  const log = start.logs.writer('postgres', 'debug');
  const dir = join(start.dataDir, 'postgres');
  let url = '';
  await keepRunning(start, 'postgres', async (signal) => {
    const server = await startPostgres({ dir, port, log, signal });
    url = server.url; // the same after a restart: port and password stay
    return server;
  });
  return url;
}

async function embeddedRedis(start: Start, port: number): Promise<string> {
  const { terminal, logs, dataDir } = start;
  await ensureRedisServer(start);
  const log = logs.writer('redis', 'debug');
  let url = '';
  await keepRunning(start, 'redis', async () => {
    const server = await startRedis({ dir: join(dataDir, 'redis'), port, log });
    url = server.url;
    if (server.kind === 'js')
      terminal.warn(
        'No redis-server on the PATH: one in JavaScript stands in. It is slower, and what it holds (who is in which session) is gone when it stops. The history is not.',
      );
    return server;
  });
  return url;
}

async function givenRedis(url: string): Promise<string> {
  const redis = createRedis(url, silentLog, 'launcher');
  try {
    await waitForRedis(redis, REDIS_ANSWERS_MS);
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    await closeRedis(redis);
  }
  return url;
}

async function migrate({ root, terminal, config }: Start, databaseUrl: string): Promise<void> {
  try {
    const { applied } = await applyMigrations(databaseUrl, join(root, 'prisma/migrations'));
    if (applied.length > 0) terminal.note(`applied to the database: ${applied.join(', ')}`);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !config.DATABASE_URL) throw error;
    const { hostname, port, pathname } = new URL(databaseUrl);
    throw new SetupError(
      `PostgreSQL at ${hostname}:${port || '5432'}${pathname} cannot be used: ${error.message || String(error.code)}. See DATABASE_URL.`,
      { cause: error },
    );
  }
}
