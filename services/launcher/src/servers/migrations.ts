import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/** The database and the migrations do not fit together. The message says what to do. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the file, in hex: what Prisma compares. */
  checksum: string;
}

interface Row {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/** The number under which Prisma's own tools take their advisory lock, so that they and we never migrate at once. */
const PRISMA_LOCK = 72_707_369;

/** Prisma's table of applied migrations, column by column as its own tools create it. */
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies what `migrationsDir` (folders with a `migration.sql`, in the order of their names) has and the database has
 * not, one transaction each, and records it as Prisma does, so that `prisma migrate status|deploy|dev` go on from
 * there. Throws MigrationError when an applied migration was changed or is missing, or when one is half done (L5).
 */
export async function applyMigrations(
  databaseUrl: string,
  migrationsDir: string,
): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(migrationsDir);
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined); // seen by the query that fails
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    await client.query(TABLE);
    const { rows } = await client.query<Row>(
      'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
    );
    const pending = pendingMigrations(migrations, rows);
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.map(({ name }) => name) };
  } finally {
    await client.end(); // gives the lock back
  }
}

/** What is left to apply. Throws MigrationError when the rows contradict the files. */
export function pendingMigrations(migrations: readonly Migration[], rows: readonly Row[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const done = new Set<string>();
  for (const { migration_name: name, checksum, finished_at: finishedAt } of rows) {
    if (finishedAt === null)
      throw new MigrationError(
        `Migration ${name} was begun by another tool and not finished. See: npx prisma migrate resolve`,
      );
    const migration = known.get(name);
    if (!migration)
      throw new MigrationError(
        `The database has migration ${name}, which this version does not know. Use the newer version, or another database.`,
      );
    if (migration.checksum !== checksum)
      throw new MigrationError(
        `Migration ${name} was changed after it had been applied. Put the file back and write a new migration.`,
      );
    done.add(name);
  }
  return migrations.filter(({ name }) => !done.has(name));
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name, rows[0]?.now],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined); // the connection may be what failed
    const why = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`Migration ${name} failed: ${why}`, { cause: error });
  }
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const folders = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = await readFile(join(dir, name, 'migration.sql'));
      return {
        name,
        sql: file.toString('utf8'),
        checksum: createHash('sha256').update(file).digest('hex'),
      };
    }),
  );
}
