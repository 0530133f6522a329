import { join, relative } from 'node:path';
import { Front } from '../front/Front.ts';
import { freePortsFrom } from '../processes/ports.ts';
import { launchService } from '../processes/launchService.ts';
import type { Options } from '../options.ts';
import { ensureMediasoupWorker } from '../setup/mediasoupWorker.ts';
import { ensurePrismaClient } from '../setup/prismaClient.ts';
import { ensureWebBuild } from '../setup/webBuild.ts';
import { chooseAddress, type Address } from './address.ts';
import { claimDataDir } from './claimDataDir.ts';
import { isSimulated, servicePlans } from './plans.ts';
import { keepRunning, type Start } from './keepRunning.ts';
import { bringStores } from './stores.ts';
import { keptSecret } from './tokenSecret.ts';

/** Brings everything up, each part as soon as what it needs is ready, and prints the address. */
export async function startAll(start: Start, options: Options): Promise<void> {
  const { root, env, config, dataDir, terminal, logs, scope } = start;
  const began = Date.now();
  const claim = await claimDataDir(dataDir);
  scope.add(() => claim.release());
  const address = await chooseAddress({
    host: options.host ?? config.HOST,
    port: options.port ?? config.PORT,
    publicUrl: config.PUBLIC_URL,
  });
  claim.address = address.url;
  if (address.instead)
    terminal.note(`Port ${address.instead} is taken by another program, using ${address.port}`);
  const workerBin = await ensureMediasoupWorker(start);
  await ensurePrismaClient(start);
  await ensureWebBuild(start);
  terminal.step('Starting');
  const { hubs: hubCount = 1, mixers: mixerCount = 1, tools: toolsCount = 1 } = options;
  const [web = 0, simulator = 0, postgres = 0, redis = 0, ...more] = await freePortsFrom(
    address.port + 1,
    4 + mixerCount + toolsCount + hubCount,
  );
  const metrics = config.METRICS_PORT;
  const mixers = more.slice(0, mixerCount).map((port, index) => (metrics > 0 ? metrics + index : port));
  const tools = more.slice(mixerCount, mixerCount + toolsCount);
  const hubs = hubCount > 1 ? more.slice(mixerCount + toolsCount) : [];
  const stores = await bringStores(start, { postgres, redis });
  const plans = servicePlans({
    root,
    env,
    address,
    ports: { web, simulator, mixers, tools, hubs },
    dataDir,
    ...stores,
    tokenSecret: config.TOKEN_SECRET ?? (await keptSecret(join(dataDir, 'secret'))),
    workerBin,
  });
  await Promise.all(
    plans.map((plan) =>
      keepRunning(start, plan.name, (signal) => launchService(plan, logs.of(plan.name), signal)),
    ),
  );
  if (hubs.length > 0) await openFront(start, address, hubs);
  greet(start, address, Date.now() - began);
}

/** After the hubs: whoever finds the address finds them ready. */
async function openFront({ logs, scope }: Start, { host, port }: Address, hubs: number[]): Promise<void> {
  const urls = hubs.map((hub) => `http://127.0.0.1:${hub}`);
  scope.own(await Front.open({ host, port, hubs: urls, log: logs.writer('front', 'debug') }));
}

function shortPath(root: string, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') ? path : inside;
}

function greet({ root, env, terminal, logs }: Start, address: Address, tookMs: number): void {
  const lines = [
    '',
    `  Parley is ready (${(tookMs / 1000).toFixed(1)} s):  ${address.url}`,
    '',
    '  Open it in two windows, create a session in one and join it from the other.',
    isSimulated(env)
      ? '  The assistant is the simulator. With OPENAI_API_KEY in .env it is the real one.'
      : `  The assistant is ${env['OPENAI_BASE_URL'] ?? 'OpenAI'}.`,
    address.onNetwork
      ? '  Browsers on other devices give their microphone to HTTPS addresses only: put a TLS proxy in front and name it in PUBLIC_URL.'
      : '  Only this machine reaches it. For the network: npm start -- --host 0.0.0.0 (phones need HTTPS for the microphone)',
    ...(address.onNetwork && !env['ADMIN_TOKEN']
      ? []
      : [
          `  Jobs of the assistant, server side: ${address.url}/api/admin (${env['ADMIN_TOKEN'] ? 'ADMIN_TOKEN' : "a session's owner token"}).`,
        ]),
    `  Logs: ${shortPath(root, logs.dir)}/<process>.log; LOG_LEVEL=debug npm start shows everything here.`,
    '  Ctrl-C stops it; the data is kept.',
    '',
  ];
  for (const line of lines) terminal.line(line);
}
