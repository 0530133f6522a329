import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubConfig } from '@parley/hub/config';
import { readEnv } from '@parley/kit/env';
import { exampleKeys } from '@parley/launcher/start/envFile';
import { ConfigSchema as MixerConfig } from '@parley/mixer/config';
import { SimulatorConfig } from '@parley/simulator/config';
import { ToolsConfig } from '@parley/tools/config';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { composeVariables, fillIn } from './support/composeVariables.ts';

const ROOT = join(import.meta.dirname, '..');
const Service = z.looseObject({
  build: z.object({ dockerfile: z.string(), target: z.string() }).optional(),
  image: z.string().optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  ports: z.array(z.string()).default([]),
  deploy: z.looseObject({
    replicas: z.number().optional(),
    resources: z.object({ limits: z.looseObject({ cpus: z.string(), memory: z.string() }) }),
  }),
});
const Compose = z.looseObject({ services: z.record(z.string(), Service) });

/** What must be in .env before anything starts, and what it may look like. */
const NEEDED = {
  POSTGRES_PASSWORD: 'p'.repeat(16),
  TOKEN_SECRET: 't'.repeat(32),
  TURN_SECRET: 's'.repeat(16),
};
const SCHEMAS = {
  hub: HubConfig,
  mixer: MixerConfig,
  simulator: SimulatorConfig,
  tools: ToolsConfig,
} as const;

let text: string;
let dockerfile: string;
let services: z.output<typeof Compose>['services'];
beforeAll(async () => {
  text = await readFile(join(ROOT, 'docker-compose.yml'), 'utf8');
  dockerfile = await readFile(join(ROOT, 'docker/Dockerfile'), 'utf8');
  ({ services } = Compose.parse(parse(text, { merge: true })));
});

describe.each(Object.entries(SCHEMAS))('the environment of the %s', (name, schema) => {
  test('has only keys that it reads, and values that it takes', () => {
    const environment = services[name]?.environment ?? {};
    expect(Object.keys(environment).filter((key) => !(key in schema.shape))).toEqual([]);
    const values = Object.entries(environment).map(([key, value]) => [key, fillIn(String(value), NEEDED)]);
    expect(() => readEnv(name, schema, Object.fromEntries(values) as Record<string, string>)).not.toThrow();
  });
});

test('every variable is explained in .env.example, and those without a default are refused when missing', async () => {
  const explained = exampleKeys(await readFile(join(ROOT, '.env.example'), 'utf8'));
  const variables = composeVariables(text);
  expect(variables.map(({ name }) => name).filter((name) => !explained.includes(name))).toEqual([]);
  const needed = variables.filter(({ operator }) => operator === ':?').map(({ name }) => name);
  expect(new Set(needed)).toEqual(new Set(Object.keys(NEEDED)));
  expect(variables.filter(({ operator }) => operator === '')).toEqual([]);
});

test('hubs and mixers are two, and may be more: they publish no port and have no name of their own', () => {
  for (const name of ['hub', 'mixer']) {
    expect(services[name]?.deploy.replicas).toBe(2);
    expect(services[name]?.ports).toEqual([]);
    expect(services[name]).not.toHaveProperty('container_name');
  }
});

test('what is open to the network is the front and the relay', () => {
  const open = Object.entries(services).filter(([, { ports }]) => ports.length > 0);
  expect(open.map(([name]) => name)).toEqual(['coturn', 'front']);
});

test('each service says whether it is well, and others wait for that', () => {
  const silent = Object.entries(services).filter(([, { healthcheck }]) => !healthcheck);
  // It ends when it is done.
  expect(silent.map(([name]) => name)).toEqual(['migrate']);
  for (const { depends_on } of Object.values(services))
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(Object.keys(services)).toContain(name);
      if (condition === 'service_healthy') expect(services[name]?.healthcheck).toBeDefined();
    }
});

test('each image of ours is a target of the Dockerfile that runs as somebody without rights', () => {
  const targets = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)\n((?:(?!^FROM ).*\n)*)/gm)];
  const stages = new Map(targets.map(([, from = '', name = '', body = '']) => [name, { from, body }]));
  for (const { build } of Object.values(services)) {
    if (!build) continue;
    const { from, body } = stages.get(build.target) ?? { from: '', body: '' };
    expect([build.target, /^USER node$/m.test(body + (stages.get(from)?.body ?? ''))]).toEqual([
      build.target,
      true,
    ]);
  }
  const instructions = dockerfile.replaceAll(/^#.*$/gm, '');
  expect(instructions).not.toMatch(/amd64|x86_64|aarch64|arm64|--platform/i);
});

test('the tools have no secret of the hub, no database, and limits', () => {
  const { environment, deploy } = services['tools'] ?? {};
  const secrets = /TOKEN_SECRET|TURN_SECRET|DATABASE|POSTGRES|ADMIN|METRICS_TOKEN/;
  expect(Object.entries(environment ?? {}).filter((pair) => secrets.test(pair.join(' ')))).toEqual([]);
  expect(deploy?.resources.limits).toMatchObject({ memory: '4g', pids: 1_000 });
});

test('Redis writes everything to its file', () => {
  expect(services['redis']).toMatchObject({
    command: expect.stringContaining('--appendonly yes --appendfsync always'),
  });
});
