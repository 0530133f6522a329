import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Address } from './address.ts';
import { servicePlans, type PlanInput } from './plans.ts';

const root = join(import.meta.dirname, '../../../..');
const here: Address = { host: '127.0.0.1', port: 3100, url: 'http://localhost:3100', onNetwork: false };
const everywhere: Address = { host: '0.0.0.0', port: 3100, url: 'http://192.0.2.1:3100', onNetwork: true };

function plans(env: NodeJS.ProcessEnv = {}, address = here, several: Partial<PlanInput['ports']> = {}) {
  const all = servicePlans({
    root,
    env,
    address,
    ports: { web: 3101, mixers: [3102], simulator: 3103, tools: [3104], hubs: [], ...several },
    dataDir: '/data',
    databaseUrl: 'postgresql://db',
    redisUrl: 'redis://r',
    tokenSecret: 's'.repeat(32),
    workerBin: '/worker',
  });
  return Object.fromEntries(all.map((plan) => [plan.name, plan]));
}

test('without a key the simulator is started and the mixer is pointed at it', () => {
  const { simulator, mixer } = plans();
  expect(simulator?.env).toMatchObject({ HOST: '127.0.0.1', PORT: '3103' });
  expect(mixer?.env).toMatchObject({
    OPENAI_BASE_URL: 'http://127.0.0.1:3103/v1',
    PROVIDER_SIMULATED: 'true',
    MEDIASOUP_WORKER_BIN: '/worker',
    METRICS_PORT: '3102',
  });
});

test.each([{ OPENAI_API_KEY: 'k' }, { OPENAI_BASE_URL: 'http://other/v1' }])('with %j it is not', (env) => {
  const { simulator, mixer } = plans(env);
  expect(simulator).toBeUndefined();
  expect(mixer?.env).toMatchObject(env);
  expect(mixer?.env['PROVIDER_SIMULATED']).toBeUndefined();
});

test('the hub gets the address, the stores, the secret and the page', () => {
  const { hub, web } = plans();
  expect(hub?.env).toMatchObject({
    HOST: '127.0.0.1',
    PORT: '3100',
    WEB_URL: 'http://127.0.0.1:3101',
    DATABASE_URL: 'postgresql://db',
    REDIS_URL: 'redis://r',
    TOKEN_SECRET: 's'.repeat(32),
  });
  expect(hub?.readyUrl).toBe('http://127.0.0.1:3100/readyz');
  expect(web?.args.slice(1)).toEqual(['start', '-p', '3101', '-H', '127.0.0.1']);
});

test('several hubs listen behind the front, several mixers have ports of their own', () => {
  const all = plans({ RTC_PORT: '40000', TRUST_PROXY: '192.0.2.1' }, everywhere, {
    hubs: [3110, 3111],
    mixers: [3112, 3113],
  });
  expect(Object.keys(all)).toEqual(['simulator', 'mixer-1', 'mixer-2', 'tools', 'web', 'hub-1', 'hub-2']);
  expect(all['hub-2']?.env).toMatchObject({
    HOST: '127.0.0.1',
    PORT: '3111',
    TRUST_PROXY: 'loopback,192.0.2.1',
  });
  expect(all['hub-2']?.args).toEqual([join(root, 'services/hub/src/main.ts')]);
  expect([all['mixer-1']?.env['RTC_PORT'], all['mixer-2']?.env['RTC_PORT']]).toEqual(['40000', '40001']);
  expect(all['mixer-2']?.env).toMatchObject({ METRICS_PORT: '3113', RTC_LISTEN_IP: '0.0.0.0' });
  const wide = plans({ RTC_PORT: '40000', MEDIASOUP_WORKERS: '3' }, everywhere, { mixers: [3112, 3113] });
  expect(wide['mixer-2']?.env).toMatchObject({ RTC_PORT: '40003', MEDIASOUP_WORKERS: '3', DRAIN_MS: '0' });
});

test('each mixer is told how little it may leave lying about, and so is the one in a container', async () => {
  const all = plans({}, everywhere, { mixers: [3112, 3113] });
  const flags = all['mixer-2']?.args.slice(0, -1) ?? [];
  expect(flags).toEqual(['--max-semi-space-size=4', '--heap-growing-percent=10']);
  expect(all['mixer-2']?.env).toMatchObject({ MALLOC_ARENA_MAX: '1' });
  expect(all['hub']?.env).not.toHaveProperty('MALLOC_ARENA_MAX');
  const dockerfile = await readFile(join(root, 'docker/Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^FROM service AS mixer\nENV MALLOC_ARENA_MAX=1$/m);
  expect(dockerfile).toContain(
    `CMD ${JSON.stringify(['node', ...flags, 'docker/mixer.mjs']).replaceAll(',', ', ')}`,
  );
});

test('every other key is handed on', () => {
  expect(plans({ MAX_PARTICIPANTS: '3' })['hub']?.env['MAX_PARTICIPANTS']).toBe('3');
});

test('L8 media stays on this machine unless the address is on the network', () => {
  expect(plans()['mixer']?.env['RTC_LISTEN_IP']).toBeUndefined();
  const { mixer, hub } = plans({ RTC_ANNOUNCED_ADDRESS: '192.0.2.7' }, everywhere);
  expect(mixer?.env).toMatchObject({ RTC_LISTEN_IP: '0.0.0.0', RTC_ANNOUNCED_ADDRESS: '192.0.2.7' });
  expect(hub?.readyUrl).toBe('http://127.0.0.1:3100/readyz');
});

test('L11 the tools get the models and a folder, and none of the secrets of the hub', () => {
  const secrets = { TURN_SECRET: 't', ADMIN_TOKEN: 'a', METRICS_TOKEN: 'm', POSTGRES_PASSWORD: 'p' };
  const { tools } = plans({ ...secrets, CODE_MAX_TURNS: '7' });
  expect(tools?.readyUrl).toBe('http://127.0.0.1:3104/readyz');
  expect(tools?.env).toMatchObject({
    DATA_DIR: '/data',
    OPENAI_BASE_URL: 'http://127.0.0.1:3103/v1',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:3103',
    ANTHROPIC_API_KEY: 'simulator',
    CODE_MAX_TURNS: '7',
  });
  for (const key of [...Object.keys(secrets), 'DATABASE_URL', 'TOKEN_SECRET'])
    expect(tools?.env[key]).toBeUndefined();
  expect(plans({ ANTHROPIC_API_KEY: 'k' })['tools']?.env).toMatchObject({
    ANTHROPIC_API_KEY: 'k',
    OPENAI_API_KEY: 'simulator',
  });
  expect(plans({ OPENAI_API_KEY: 'k' })['tools']?.env['ANTHROPIC_API_KEY']).toBeUndefined();
  expect(Object.keys(plans({}, here, { tools: [1, 2] }))).toContain('tools-2');
});

test('owners see the queues where nobody else can come', () => {
  expect(plans()['hub']?.env['ADMIN_FOR_OWNERS']).toBe('true');
  expect(plans({}, everywhere)['hub']?.env['ADMIN_FOR_OWNERS']).toBe('false');
  expect(plans({ ADMIN_FOR_OWNERS: 'true' }, everywhere)['hub']?.env['ADMIN_FOR_OWNERS']).toBe('true');
});
