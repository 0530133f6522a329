import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@parley/kit/log';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyMigrations } from './migrations.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';

let folder: string;
let server: PostgresServer;
let client: Client;
let url: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-migrations-'));
  server = await startPostgres({ dir: join(folder, 'postgres'), log: silentLog, durable: false });
}, 60_000);

beforeEach(async () => {
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  const name = `test_${++count}`;
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  url = server.url.replace(/parley$/, name);
  client = new Client({ connectionString: url });
  await client.connect();
  return () => client.end();
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function migrations(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(folder, 'files-'));
  await writeFile(join(dir, 'migration_lock.toml'), 'provider = "postgresql"');
  for (const [name, sql] of Object.entries(files)) {
    await mkdir(join(dir, name));
    await writeFile(join(dir, name, 'migration.sql'), sql);
  }
  return dir;
}

const first = 'CREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1);';
const second = 'ALTER TABLE a ADD COLUMN name TEXT;';

test('L5 applies in order of name and records as Prisma does', async () => {
  const dir = await migrations({ '2_second': second, '1_first': first });
  expect(await applyMigrations(url, dir)).toEqual({ applied: ['1_first', '2_second'] });
  const { rows } = await client.query('SELECT * FROM "_prisma_migrations" ORDER BY migration_name');
  expect(rows).toEqual([
    expect.objectContaining({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: createHash('sha256').update(first).digest('hex'),
      migration_name: '1_first',
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
      applied_steps_count: 1,
      logs: null,
      rolled_back_at: null,
    }),
    expect.objectContaining({ migration_name: '2_second' }),
  ]);
});

test('a second run has nothing to do, a new migration is applied alone', async () => {
  await applyMigrations(url, await migrations({ '1_first': first }));
  expect(await applyMigrations(url, await migrations({ '1_first': first }))).toEqual({ applied: [] });
  const more = await migrations({ '1_first': first, '2_second': second });
  expect(await applyMigrations(url, more)).toEqual({ applied: ['2_second'] });
});

test('two at once apply once', async () => {
  const dir = await migrations({ '1_first': first, '2_second': second });
  const both = await Promise.all([applyMigrations(url, dir), applyMigrations(url, dir)]);
  expect(both.map(({ applied }) => applied.length).sort((a, b) => a - b)).toEqual([0, 2]);
  expect((await client.query('SELECT * FROM a')).rowCount).toBe(1);
});

test('a failing migration leaves nothing behind and can be mended', async () => {
  const broken = await migrations({ '1_first': `${first}\nSELECT no_such_column FROM a;` });
  await expect(applyMigrations(url, broken)).rejects.toThrow(/Migration 1_first failed: .*no_such_column/);
  expect((await client.query('SELECT * FROM "_prisma_migrations"')).rowCount).toBe(0);
  expect(await applyMigrations(url, await migrations({ '1_first': first }))).toEqual({
    applied: ['1_first'],
  });
});

test('an applied migration that was changed is refused', async () => {
  await applyMigrations(url, await migrations({ '1_first': first }));
  const changed = await migrations({ '1_first': `${first} `, '2_second': second });
  await expect(applyMigrations(url, changed)).rejects.toThrow(/1_first was changed after/);
});

test('a database of a newer version is refused', async () => {
  await applyMigrations(url, await migrations({ '1_first': first, '2_second': second }));
  await expect(applyMigrations(url, await migrations({ '1_first': first }))).rejects.toThrow(
    /2_second, which this version does not know/,
  );
});

test("another tool's unfinished migration is refused, one that it rolled back is applied", async () => {
  const dir = await migrations({ '1_first': first });
  await applyMigrations(url, await migrations({}));
  await client.query(
    `INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ('x', 'y', '1_first')`,
  );
  await expect(applyMigrations(url, dir)).rejects.toThrow(/begun by another tool/);
  await client.query('UPDATE "_prisma_migrations" SET rolled_back_at = now()');
  expect(await applyMigrations(url, dir)).toEqual({ applied: ['1_first'] });
});
