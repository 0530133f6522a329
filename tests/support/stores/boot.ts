import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { applyMigrations } from '@parley/launcher/servers/migrations';
import { startPostgres } from '@parley/launcher/servers/postgres';
import { GenericContainer, Wait, getContainerRuntimeClient } from 'testcontainers';
import { portOfOurs } from '../ports.ts';
import type { SharedStores } from './shared.ts';
import { createDatabase, withDatabase } from './databases.ts';

const MIGRATIONS = join(import.meta.dirname, '../../../prisma/migrations');
const TEMPLATE = 'parley_template';
/** Machines that cannot pull name images they have. */
const POSTGRES_IMAGE = process.env['TEST_POSTGRES_IMAGE'] ?? 'postgres:18-alpine';
const REDIS_IMAGE = process.env['TEST_REDIS_IMAGE'] ?? 'redis:8-alpine';

/** Boots the Postgres of this run, and decides where each Redis comes from. Says which on the output. */
export async function bootStores(): Promise<{ shared: SharedStores; scope: Scope }> {
  const scope = new Scope();
  try {
    const { engine, url, why } = await startSomePostgres(scope);
    process.stdout.write(`Stores of the tests: ${why}\n`);
    await createDatabase(url, TEMPLATE);
    await applyMigrations(withDatabase(url, TEMPLATE), MIGRATIONS);
    return { shared: { engine, postgresUrl: url, template: TEMPLATE, redisImage: REDIS_IMAGE }, scope };
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function startSomePostgres(
  scope: Scope,
): Promise<{ engine: SharedStores['engine']; url: string; why: string }> {
  let reason: string;
  try {
    await getContainerRuntimeClient();
    const container = await new GenericContainer(POSTGRES_IMAGE)
      .withEnvironment({ POSTGRES_USER: 'parley', POSTGRES_PASSWORD: 'parley', POSTGRES_DB: 'parley' })
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
      .start();
    scope.add(async () => void (await container.stop()));
    const url = `postgresql://parley:parley@${container.getHost()}:${container.getMappedPort(5432)}/parley`;
    return { engine: 'containers', url, why: `containers of ${POSTGRES_IMAGE} and ${REDIS_IMAGE}` };
  } catch (error) {
    reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-postgres-'));
  scope.add(() => rm(dir, { recursive: true, force: true }));
  const server = await startPostgres({ dir, port: await portOfOurs(), log: silentLog, durable: false });
  scope.add(() => server.stop());
  return { engine: 'embedded', url: server.url, why: `embedded servers (no containers: ${reason})` };
}
