import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scope } from '@parley/kit/scope';
import { portOfOurs } from '../ports.ts';
import type { ScenarioInput } from '@parley/simulator/scenarios/schema';
import { TEST_SECRET } from '../HubApi.ts';
import { onFailure } from '../failures.ts';
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
  const launch = async (name: string, index: number, readyUrl: string, env: Env, program?: string) => {
    const service = await ServiceProcess.start({
      name: `${name}-${index + 1}`,
      args: [program ?? join('services', name, 'src/main.ts')],
      cwd: ROOT,
      env: { LOG_LEVEL: 'debug', ...env },
      readyUrl,
      logDir: dir,
    });
    services.push(scope.own(service));
    return service;
  };

  const stores = options.stores ?? scope.own(await startStores());
  const providerUrl = `http://127.0.0.1:${await portOfOurs()}`;
  const simulator = await launch('simulator', 0, `${providerUrl}/healthz`, {
    PORT: new URL(providerUrl).port,
    SIMULATOR_INSPECT: 'true',
    ...(await scenarioEnv(options.scenario, dir)),
    ...options.simulatorEnv,
  });
  const mixers = await inTurn(options.mixers ?? 1, async (index) => {
    const metricsPort = await portOfOurs();
    return launch('mixer', index, `http://127.0.0.1:${metricsPort}/healthz`, {
      REDIS_URL: stores.redisUrl,
      RTC_LISTEN_IP: '127.0.0.1',
      RTC_PORT: '0',
      METRICS_PORT: String(metricsPort),
      OPENAI_API_KEY: 'test-key',
      OPENAI_BASE_URL: `${providerUrl}/v1`,
      PROVIDER_SIMULATED: 'true',
      DRAIN_MS: '0',
      ...options.mixerEnv,
    });
  });
  const { tools: wanted = 0 } = options;
  const scripted = typeof wanted === 'object';
  const tools = await inTurn(scripted ? wanted.scripted : wanted, async (index) => {
    const metricsPort = await portOfOurs();
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
  const webUrl = options.web ? await startWeb(dir, scope) : 'http://127.0.0.1:9';
  const hubUrls: string[] = [];
  const hubs = await inTurn(options.hubs ?? 1, async (index) => {
    const port = await portOfOurs();
    const url = `http://127.0.0.1:${port}`;
    hubUrls.push(url);
    return launch('hub', index, `${url}/readyz`, {
      REDIS_URL: stores.redisUrl,
      DATABASE_URL: stores.databaseUrl,
      HOST: '127.0.0.1',
      PORT: String(port),
      WEB_URL: webUrl,
      TOKEN_SECRET: TEST_SECRET,
      RATE_LIMIT_PER_MINUTE: '0',
      ...options.hubEnv,
    });
  });
  return {
    stores,
    provider: new ProviderView(providerUrl),
    simulator,
    mixers,
    tools,
    hubs,
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
