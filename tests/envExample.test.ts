import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { HubConfig } from '@parley/hub/config';
import { readEnv } from '@parley/kit/env';
import { LauncherConfig } from '@parley/launcher/config';
import { exampleKeys } from '@parley/launcher/start/envFile';
import { ConfigSchema as MixerConfig } from '@parley/mixer/config';
import { SimulatorConfig } from '@parley/simulator/config';
import { ToolsConfig } from '@parley/tools/config';
import { beforeAll, describe, expect, test } from 'vitest';

/** Without a default, and needed: what a value could look like. */
const NEEDED = {
  TOKEN_SECRET: 'x'.repeat(32),
  REDIS_URL: 'redis://127.0.0.1:6379',
  DATABASE_URL: 'postgresql://127.0.0.1/parley',
};
/** Read by the tests themselves. */
const OF_TESTS = ['TEST_POSTGRES_IMAGE', 'TEST_REDIS_IMAGE'];
/** Read by docker-compose.yml alone; `compose.test.ts` checks that it reads no other. */
const OF_COMPOSE = ['POSTGRES_PASSWORD', 'SITE_ADDRESS'];
/** Keys whose default differs by service: npm start sets them for all but the hub. */
const SET_BY_START = new Set(['simulator.HOST', 'simulator.PORT', 'launcher.LOG_LEVEL', 'launcher.PORT']);

const services = {
  hub: HubConfig,
  mixer: MixerConfig,
  simulator: SimulatorConfig,
  tools: ToolsConfig,
  launcher: LauncherConfig,
} as const;

let keys: string[];
let values: Record<string, string | undefined>;
beforeAll(async () => {
  const example = await readFile(join(import.meta.dirname, '../.env.example'), 'utf8');
  keys = exampleKeys(example);
  values = parseEnv(example.replaceAll(/^# (?=[A-Z][A-Z0-9_]*=)/gm, ''));
});

test('L9 the example has every key of every service, once, and no other', () => {
  const known = Object.values(services).flatMap((schema) => Object.keys(schema.shape));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  expect([...keys].sort()).toEqual([...new Set([...known, ...OF_TESTS, ...OF_COMPOSE])].sort());
});

describe.each(Object.entries(services))('L9 what the example shows for the %s', (name, schema) => {
  test('is accepted, and is the default', () => {
    const given = readEnv(name, schema, { ...NEEDED, ...clean(values) });
    const own = readEnv(name, schema, NEEDED);
    for (const key of Object.keys(schema.shape)) {
      if (SET_BY_START.has(`${name}.${key}`)) continue;
      expect({ [key]: given[key as keyof typeof given] }).toEqual({ [key]: own[key as keyof typeof own] });
    }
  });
});

test('every key is explained in the lines above it', async () => {
  const lines = (await readFile(join(import.meta.dirname, '../.env.example'), 'utf8')).split('\n');
  const bare = lines.filter(
    (line, index) => exampleKeys(line).length > 0 && !(lines[index - 1] ?? '').startsWith('# '),
  );
  expect(bare).toEqual([]);
});

function clean(all: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}
