import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scope } from '@parley/kit/scope';
import { MEMORY_ENV, NODE_FLAGS } from '@parley/launcher/start/nodeFlags';
import { portOfOurs } from '../ports.ts';
import type { ScenarioInput } from '@parley/simulator/scenarios/schema';
import { TEST_SECRET } from '../HubApi.ts';
import { onFailure } from '../witnesses.ts';
import { ProviderView } from '../ProviderView.ts';
import { startStores, type Stores } from '../stores/startStores.ts';
import { ServiceProcess } from './ServiceProcess.ts';
import { startWeb } from './startWeb.ts';

const ROOT = join(import.meta.dirname, '../../..');

const SCRIPTED = join(import.meta.dirname, 'scriptedTools.ts');

let started = 0;

export interface StackOptions {
  /** What the provider does out of the ordinary. */
  scenario?: ScenarioInput;
  hubs?: number;
  mixers?: number;
  /** Processes that do jobs. `scripted`: they do what a job's task says, word by word. Otherwise with the real runners. */
  tools?: number | { scripted: number };
  /** Somebody else's; closed by whoever made them. */
  stores?: Stores;
  /** The production page behind the hubs. */
  web?: boolean;
  /** More keys for every hub, mixer or the simulator, over the ones made here. */
  hubEnv?: Env;
  mixerEnv?: Env;
  simulatorEnv?: Env;
  toolsEnv?: Env;
}
type Env = Readonly<Record<string, string>>;

export interface Stack {
  stores: Stores;
  /** The other end of the mixers' links. */
  provider: ProviderView;
  simulator: ServiceProcess;
  mixers: readonly ServiceProcess[];
  /** Where each mixer tells its figures. */
  mixerMetricsUrls: readonly string[];
  tools: readonly ServiceProcess[];
  hubs: readonly ServiceProcess[];
  /** Where each hub answers, page included. */
  hubUrls: readonly string[];
  /** The first hub's. */
  url: string;
  /** Whatever any service wrote at level warn or worse. */
  complaints(): string[];
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
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-stack-'));
  scope.add(() => rm(dir, { recursive: true, force: true }));
  const number = (started += 1);
  const services: ServiceProcess[] = [];
  const tails = () => services.map(({ name, tail }) => `--- ${name}\n${tail}`).join('\n');
  scope.add(onFailure((failed) => writeFile(join(failed, `services-${number}.log`), tails())));
  // All at once, each waits for what it needs; they end in the reverse order of the calls, all when one cannot start.
  const failed = new AbortController();
  const launch = async (name: string, index: number, readyUrl: string, env: Env, program?: string) => {
    const starting = ServiceProcess.start({
      name: `${name}-${index + 1}`,
      args: [...(NODE_FLAGS[name] ?? []), program ?? join('services', name, 'src/main.ts')],
      cwd: ROOT,
      env: { LOG_LEVEL: 'debug', ...MEMORY_ENV[name], ...env },
      readyUrl,
      logDir: dir,
      signal: failed.signal,
    });
    starting.catch(() => failed.abort());
    scope.add(async () => (await starting.catch(() => undefined))?.close());
    const service = await starting;
    services.push(service);
    return service;
  };
  const ports = (count: number) => inTurn(count, portOfOurs);

  const stores = options.stores ?? scope.own(await startStores());
  const { tools: wanted = 0 } = options;
  const scripted = typeof wanted === 'object';
  const providerUrl = `http://127.0.0.1:${await portOfOurs()}`;
  const mixerPorts = await ports(options.mixers ?? 1);
  const toolsPorts = await ports(scripted ? wanted.scripted : wanted);
  const hubUrls = (await ports(options.hubs ?? 1)).map((port) => `http://127.0.0.1:${port}`);
  const scenario = await scenarioEnv(options.scenario, dir);
  const web = options.web ? await startWeb(dir, scope) : { url: 'http://127.0.0.1:9', ready: undefined };
  const simulator = launch('simulator', 0, `${providerUrl}/healthz`, {
    PORT: new URL(providerUrl).port,
    SIMULATOR_INSPECT: 'true',
    ...scenario,
    ...options.simulatorEnv,
  });
  const mixers = mixerPorts.map((metricsPort, index) =>
    launch('mixer', index, `http://127.0.0.1:${metricsPort}/healthz`, {
      REDIS_URL: stores.redisUrl,
      RTC_LISTEN_IP: '127.0.0.1',
      RTC_PORT: '0',
      METRICS_PORT: String(metricsPort),
      OPENAI_API_KEY: 'test-key',
      OPENAI_BASE_URL: `${providerUrl}/v1`,
      PROVIDER_SIMULATED: 'true',
      DRAIN_MS: '0',
      MAX_LOAD: '1', // how busy the machine of the tests is refuses nobody
      ...options.mixerEnv,
    }),
  );
  const tools = toolsPorts.map((metricsPort, index) => {
    const env = {
      REDIS_URL: stores.redisUrl,
      METRICS_PORT: String(metricsPort),
      DATA_DIR: join(dir, 'data'),
      OPENAI_API_KEY: 'test-key',
      OPENAI_BASE_URL: `${providerUrl}/v1`,
      ANTHROPIC_API_KEY: 'test-key',
      ANTHROPIC_BASE_URL: providerUrl,
      ...options.toolsEnv,
    };
    return launch(
      'tools',
      index,
      `http://127.0.0.1:${metricsPort}/readyz`,
      env,
      scripted ? SCRIPTED : undefined,
    );
  });
  const hubs = hubUrls.map((url, index) =>
    launch('hub', index, `${url}/readyz`, {
      REDIS_URL: stores.redisUrl,
      DATABASE_URL: stores.databaseUrl,
      HOST: '127.0.0.1',
      PORT: new URL(url).port,
      WEB_URL: web.url,
      TOKEN_SECRET: TEST_SECRET,
      RATE_LIMIT_PER_MINUTE: '0',
      ...options.hubEnv,
    }),
  );
  await Promise.all([simulator, web.ready, ...mixers, ...tools, ...hubs]);
  return {
    stores,
    provider: new ProviderView(providerUrl),
    simulator: await simulator,
    mixers: await Promise.all(mixers),
    mixerMetricsUrls: mixerPorts.map((port) => `http://127.0.0.1:${port}/metrics`),
    tools: await Promise.all(tools),
    hubs: await Promise.all(hubs),
    hubUrls,
    url: hubUrls[0] ?? '',
    complaints: () => services.flatMap(({ complaints }) => complaints),
    close: () => scope.close(),
  };
}

async function scenarioEnv(scenario: ScenarioInput | undefined, dir: string): Promise<Env> {
  if (!scenario) return {};
  const file = join(dir, 'scenario.json');
  await writeFile(file, JSON.stringify(scenario));
  return { SIMULATOR_SCENARIO: file };
}

async function inTurn<Made>(count: number, make: (index: number) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  for (let index = 0; index < count; index++) made.push(await make(index));
  return made;
}
