import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { freePort } from '@parley/launcher/processes/ports';
import {
  startSimulator,
  type RunningSimulator,
  type SimulatorOptions,
} from '@parley/simulator/startSimulator';
import { ProviderView } from '../ProviderView.ts';
import { startStores, type Stores } from '../stores/startStores.ts';
import { ServiceProcess } from './ServiceProcess.ts';
import { startWeb } from './startWeb.ts';

const ROOT = join(import.meta.dirname, '../../..');

export interface StackOptions {
  /** What the provider does out of the ordinary: a scenario's name, or the scenario itself. */
  scenario?: SimulatorOptions['scenario'];
  /** Of one provider session, in seconds. */
  providerSessionSeconds?: number;
  hubs?: number;
  mixers?: number;
  /** The production page behind the hubs. */
  web?: boolean;
  /** More keys for every hub or mixer, over the ones made here. */
  hubEnv?: Readonly<Record<string, string>>;
  mixerEnv?: Readonly<Record<string, string>>;
}

export interface Stack {
  stores: Stores;
  simulator: RunningSimulator;
  provider: ProviderView;
  mixers: readonly ServiceProcess[];
  hubs: readonly ServiceProcess[];
  /** Where each hub answers, page included. */
  hubUrls: readonly string[];
  /** The first hub's. */
  url: string;
  /** For a message of failure: the last lines of every process. */
  tails(): string;
  close(): Promise<void>;
}

/** The whole product as it runs for a user: every service a process of its own, on ports of its own. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const scope = new Scope();
  try {
    return await start(options, scope);
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function start(options: StackOptions, scope: Scope): Promise<Stack> {
  const logDir = await mkdtemp(join(tmpdir(), 'parley-test-logs-'));
  scope.add(() => rm(logDir, { recursive: true, force: true }));
  const stores = scope.own(await startStores());
  const simulator = scope.own(
    await startSimulator({
      host: '127.0.0.1',
      port: 0,
      log: silentLog,
      inspect: true,
      ...(options.scenario && { scenario: options.scenario }),
      ...(options.providerSessionSeconds && { sessionSeconds: options.providerSessionSeconds }),
    }),
  );
  const common = { LOG_LEVEL: 'debug', REDIS_URL: stores.redisUrl };
  const mixers = await inTurn(options.mixers ?? 1, async (index) => {
    const metricsPort = await freePort();
    return startService('mixer', index, logDir, `http://127.0.0.1:${metricsPort}/healthz`, {
      ...common,
      RTC_LISTEN_IP: '127.0.0.1',
      RTC_PORT: '0',
      METRICS_PORT: String(metricsPort),
      OPENAI_API_KEY: 'test-key',
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      PROVIDER_SIMULATED: 'true',
      ...options.mixerEnv,
    });
  });
  for (const mixer of mixers) scope.own(mixer);
  const webUrl = options.web ? await startWeb(logDir, scope) : 'http://127.0.0.1:9';
  const tokenSecret = randomBytes(32).toString('base64url');
  const hubUrls: string[] = [];
  const hubs = await inTurn(options.hubs ?? 1, async (index) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    hubUrls.push(url);
    return startService('hub', index, logDir, `${url}/readyz`, {
      ...common,
      DATABASE_URL: stores.databaseUrl,
      HOST: '127.0.0.1',
      PORT: String(port),
      WEB_URL: webUrl,
      TOKEN_SECRET: tokenSecret,
      ...options.hubEnv,
    });
  });
  for (const hub of hubs) scope.own(hub);
  const tails = () =>
    [...mixers, ...hubs].map((service) => `--- ${service.name}\n${service.tail}`).join('\n');
  const close = () => scope.close();
  const provider = new ProviderView(simulator.url);
  return { stores, simulator, provider, mixers, hubs, hubUrls, url: hubUrls[0] ?? '', tails, close };
}

function startService(
  service: 'hub' | 'mixer',
  index: number,
  logDir: string,
  readyUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const args = [join('services', service, 'src/main.ts')];
  return ServiceProcess.start({ name: `${service}-${index + 1}`, args, cwd: ROOT, env, readyUrl, logDir });
}

async function inTurn<Made>(count: number, make: (index: number) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  for (let index = 0; index < count; index++) made.push(await make(index));
  return made;
}
