import { join } from 'node:path';
import type { ServicePlan } from '../processes/launchService.ts';
import { webApp } from '../setup/webBuild.ts';
import { lanAddress, type Address } from './address.ts';

export interface PlanInput {
  root: string;
  env: Readonly<NodeJS.ProcessEnv>;
  address: Address;
  /** On 127.0.0.1. */
  ports: { web: number; metrics: number; simulator: number };
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
  const service = (name: string, readyUrl: string, own: NodeJS.ProcessEnv): ServicePlan => ({
    name,
    command: process.execPath,
    args: [join(root, `services/${name}/src/main.ts`)],
    cwd: root,
    env: { ...shared, ...own },
    readyUrl,
    readyWithinMs: 60_000,
    stopWithinMs: 12_000,
  });
  const simulator = service('simulator', `http://127.0.0.1:${ports.simulator}/healthz`, {
    HOST: '127.0.0.1',
    PORT: String(ports.simulator),
  });
  const mixer = service('mixer', `http://127.0.0.1:${ports.metrics}/healthz`, {
    MEDIASOUP_WORKER_BIN: input.workerBin,
    METRICS_PORT: String(ports.metrics),
    ...networkMedia(input),
    ...(simulated
      ? {
          OPENAI_BASE_URL: `http://127.0.0.1:${ports.simulator}/v1`,
          OPENAI_API_KEY: 'simulator',
          PROVIDER_SIMULATED: 'true',
        }
      : {}),
  });
  const hub = service('hub', `http://${reachable(input.address.host)}:${input.address.port}/readyz`, {
    HOST: input.address.host,
    PORT: String(input.address.port),
    WEB_URL: `http://127.0.0.1:${ports.web}`,
    TOKEN_SECRET: input.tokenSecret,
  });
  return [...(simulated ? [simulator] : []), mixer, webPlan(input), hub];
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
