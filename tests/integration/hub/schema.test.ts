import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, dropDatabase, withDatabase } from '../../support/stores/databases.ts';
import { startStores } from '../../support/stores/startStores.ts';
import type { Stores } from '../../support/stores/startStores.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FRESH = 'schema_test';
let stores: Stores;

beforeAll(async () => {
  stores = await startStores();
  await createDatabase(stores.databaseUrl, FRESH);
});
afterAll(async () => {
  await dropDatabase(stores.databaseUrl, FRESH);
  await stores.close();
});

type Exports = Readonly<Record<string, () => void>>;
/** Node has it, its type declarations leave it to the DOM's. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(code: Uint8Array, imports: object): Promise<{ instance: { exports: Exports } }>;
  };
};
/** The glue that Prisma ships around its engine, as far as it is used here. */
interface Glue {
  SchemaEngine: {
    new: (
      options: { datamodels: [string, string][] },
      log: () => void,
      adapter: object,
    ) => Promise<{ diff(params: object): Promise<{ stdout: string | null }> }>;
  };
  ['__wbg_set_wasm']: (exports: Exports) => void;
}

/** The SQL that Prisma's own engine makes of the schema, from nothing. */
async function sqlOfSchema(): Promise<string> {
  const require = createRequire(join(ROOT, 'services/hub/package.json'));
  const dir = join(require.resolve('@prisma/schema-engine-wasm'), '..');
  const glue = (await import(pathToFileURL(join(dir, 'schema_engine_bg.js')).href)) as Glue;
  const wasm = await readFile(join(dir, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': { ...glue } });
  glue['__wbg_set_wasm'](instance.exports);
  instance.exports['__wbindgen_start']?.();
  const path = 'schema.prisma';
  const content = await readFile(join(ROOT, 'prisma', path), 'utf8');
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: stores.databaseUrl }));
  const engine = await glue.SchemaEngine.new({ datamodels: [[path, content]] }, () => undefined, adapter);
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path, content }] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout ?? '';
}

/** Everything that makes up the tables of a database, as lines that can be compared. */
async function shapeOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    SELECT format('%s.%s %s %s %s', table_name, column_name, udt_name || coalesce(datetime_precision::text, ''),
      is_nullable, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'
    UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%'
    UNION SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%\\_prisma%'
    ORDER BY line`);
  return rows.map(({ line }) => line);
}

test('the migrations make what the schema says', async () => {
  const fresh = new Client({ connectionString: withDatabase(stores.databaseUrl, FRESH) });
  const migrated = new Client({ connectionString: stores.databaseUrl });
  await Promise.all([fresh.connect(), migrated.connect()]);
  try {
    await fresh.query(await sqlOfSchema());
    const shape = await shapeOf(migrated);
    expect(shape.length).toBeGreaterThan(50);
    expect(shape).toEqual(await shapeOf(fresh));
  } finally {
    await Promise.all([fresh.end(), migrated.end()]);
  }
});
