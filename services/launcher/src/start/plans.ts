import { join } from 'node:path';
import type { ServicePlan } from '../processes/launchService.ts';
import { webApp } from '../setup/webBuild.ts';
import { lanAddress, type Address } from './address.ts';
import { cacheDir } from '../setup/cacheDir.ts';
import { MEMORY_ENV, NODE_FLAGS } from './nodeFlags.ts';

export interface PlanInput {
  root: string;
  env: Readonly<NodeJS.ProcessEnv>;
  address: Address;
  /** On 127.0.0.1. One for the metrics of each of `mixers` and `tools`; `hubs` only when there is a front before several. */
  ports: {
    web: number;
    simulator: number;
    mixers: readonly number[];
    tools: readonly number[];
    hubs: readonly number[];
  };
  /** Absolute. */
  dataDir: string;
  databaseUrl: string;
  redisUrl: string;
  tokenSecret: string;
  workerBin: string;
}

/** The simulator speaks unless a key, or the address of another provider, says who does. */
export function isSimulated(env: Readonly<NodeJS.ProcessEnv>): boolean {
  return !env['OPENAI_API_KEY'] && !env['OPENAI_BASE_URL'];
}

/**
 * What to start, in order: each may need those before it. Every process gets the whole environment and, on top, what
 * only the launcher knows.
 */
export function servicePlans(input: PlanInput): ServicePlan[] {
  const { root, env, ports, redisUrl, databaseUrl } = input;
  const simulated = isSimulated(env);
  const shared = { ...env, NODE_ENV: 'production', REDIS_URL: redisUrl, DATABASE_URL: databaseUrl };
  const service = (name: string, readyUrl: string, own: NodeJS.ProcessEnv): ServicePlan => {
    const kind = name.replace(/-\d+$/, '');
    return {
      name,
      command: process.execPath,
      args: [...(NODE_FLAGS[kind] ?? []), join(root, `services/${kind}/src/main.ts`)],
      cwd: root,
      env: { ...MEMORY_ENV[kind], ...shared, ...own },
      readyUrl,
      readyWithinMs: 60_000,
      stopWithinMs: 12_000,
    };
  };
  const simulator = service('simulator', `http://127.0.0.1:${ports.simulator}/healthz`, {
    HOST: '127.0.0.1',
    PORT: String(ports.simulator),
  });
  const mixers = ports.mixers.map((port, index) =>
    service(nameOf('mixer', index, ports.mixers), `http://127.0.0.1:${port}/healthz`, {
      MEDIASOUP_WORKER_BIN: input.workerBin,
      METRICS_PORT: String(port),
      // All of it ends together: there is nowhere to move to.
      DRAIN_MS: env['DRAIN_MS'] ?? '0',
      ...networkMedia(input),
      ...(ports.mixers.length > 1 ? sharedMachine(env, index) : {}),
      ...(simulated
        ? {
            OPENAI_BASE_URL: `http://127.0.0.1:${ports.simulator}/v1`,
            OPENAI_API_KEY: 'simulator',
            PROVIDER_SIMULATED: 'true',
          }
        : {}),
    }),
  );
  const addresses =
    ports.hubs.length > 0 ? ports.hubs.map((port) => ({ host: '127.0.0.1', port })) : [input.address];
  const hubs = addresses.map(({ host, port }, index) =>
    service(nameOf('hub', index, addresses), `http://${reachable(host)}:${port}/readyz`, {
      HOST: host,
      PORT: String(port),
      WEB_URL: `http://127.0.0.1:${ports.web}`,
      TOKEN_SECRET: input.tokenSecret,
      // Where nobody else can come, whoever owns a session owns the machine.
      ADMIN_FOR_OWNERS: env['ADMIN_FOR_OWNERS'] ?? String(!input.address.onNetwork),
      ...(ports.hubs.length > 0 ? believeFront(env) : {}),
    }),
  );
  const tools = ports.tools.map((port, index) =>
    service(nameOf('tools', index, ports.tools), `http://127.0.0.1:${port}/readyz`, {
      ...HUBS_SECRETS,
      METRICS_PORT: String(port),
      DATA_DIR: env['DATA_DIR'] ?? input.dataDir,
      PARLEY_CACHE_DIR: cacheDir(env),
      ...(simulated ? simulatedModels(input) : {}),
    }),
  );
  return [...(simulated ? [simulator] : []), ...mixers, ...tools, webPlan(input), ...hubs];
}

/** What runs for others has no business with these. */
const HUBS_SECRETS = {
  DATABASE_URL: undefined,
  POSTGRES_PASSWORD: undefined,
  TOKEN_SECRET: undefined,
  TURN_SECRET: undefined,
  ADMIN_TOKEN: undefined,
  METRICS_TOKEN: undefined,
} satisfies NodeJS.ProcessEnv;

/** The simulator stands in for the models of a team, and for the coding agent's unless there is a key for that. */
function simulatedModels({ env, ports }: PlanInput): NodeJS.ProcessEnv {
  const url = `http://127.0.0.1:${ports.simulator}`;
  const own = env['ANTHROPIC_API_KEY'] ?? env['ANTHROPIC_BASE_URL'];
  return {
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: 'simulator',
    ...(own ? {} : { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'simulator' }),
  };
}

/** `mixer`, or one of `mixer-1`, `mixer-2`, … */
function nameOf(service: string, index: number, all: readonly unknown[]): string {
  return all.length > 1 ? `${service}-${index + 1}` : service;
}

/** Whatever proxies are believed: the front is one, and it stands on this machine. */
function believeFront(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  return { TRUST_PROXY: ['loopback', env['TRUST_PROXY'] ?? []].flat().join(',') };
}

/** Several mixers share the cores; a fixed port for media is the first mixer's, and each further one has the next. */
function sharedMachine(env: Readonly<NodeJS.ProcessEnv>, index: number): NodeJS.ProcessEnv {
  const first = Number(env['RTC_PORT'] ?? 0);
  const workers = env['MEDIASOUP_WORKERS'] ?? '1';
  const port = first > 0 ? { RTC_PORT: String(first + index * Number(workers)) } : {};
  return { MEDIASOUP_WORKERS: workers, ...port };
}

function webPlan({ root, env, ports }: PlanInput): ServicePlan {
  const { dir, next } = webApp(root);
  return {
    name: 'web',
    command: process.execPath,
    args: [next, 'start', '-p', String(ports.web), '-H', '127.0.0.1'],
    cwd: dir,
    env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', PORT: undefined },
    readyUrl: `http://127.0.0.1:${ports.web}/`,
    readyWithinMs: 60_000,
    stopWithinMs: 5_000,
  };
}

/** On the network, media must arrive there too, and browsers must be told at which address. */
function networkMedia({ env, address }: PlanInput): NodeJS.ProcessEnv {
  if (!address.onNetwork) return {};
  const everywhere = address.host === '0.0.0.0' || address.host === '::';
  const listen = env['RTC_LISTEN_IP'] ?? address.host;
  const announced = env['RTC_ANNOUNCED_ADDRESS'] ?? (everywhere ? lanAddress() : undefined);
  return { RTC_LISTEN_IP: listen, ...(announced ? { RTC_ANNOUNCED_ADDRESS: announced } : {}) };
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
