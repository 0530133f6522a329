import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { startRedis } from '@parley/launcher/servers/redis';
import { GenericContainer } from 'testcontainers';
import { portOfOurs } from '../ports.ts';
import { createDatabase, dropDatabase, withDatabase } from './databases.ts';
import type { SharedStores } from './shared.ts';

export interface Stores {
  /** A database of one's own, all migrations applied. */
  databaseUrl: string;
  /** A Redis of one's own: channels know no database number, so files running at once must not share a server. */
  redisUrl: string;
  close(): Promise<void>;
}

/** Real Postgres and Redis for one test file (or one test). Needs `globalSetup` (projects `parts` and `e2e`). */
export async function startStores(): Promise<Stores> {
  // Only here: whoever brings stores along may run without vitest.
  const { inject } = await import('vitest');
  const shared = inject('stores');
  const scope = new Scope();
  try {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await createDatabase(shared.postgresUrl, name, shared.template);
    scope.add(() => dropDatabase(shared.postgresUrl, name));
    const redisUrl = await startSomeRedis(shared, scope);
    return {
      databaseUrl: withDatabase(shared.postgresUrl, name),
      redisUrl,
      close: () => scope.close(),
    };
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function startSomeRedis(shared: SharedStores, scope: Scope): Promise<string> {
  if (shared.engine === 'containers') {
    const container = await new GenericContainer(shared.redisImage).withExposedPorts(6379).start();
    scope.add(async () => void (await container.stop()));
    return `redis://${container.getHost()}:${container.getMappedPort(6379)}`;
  }
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-redis-'));
  scope.add(() => rm(dir, { recursive: true, force: true }));
  const server = await startRedis({ dir, port: await portOfOurs(), log: silentLog });
  scope.add(() => server.stop());
  return server.url;
}
