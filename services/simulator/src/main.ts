import { readEnv } from '@parley/kit/env';
import { runService } from '@parley/kit/lifecycle';
import { createLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { SimulatorConfig } from './config.ts';
import { startSimulator } from './startSimulator.ts';

const config = readEnv('simulator', SimulatorConfig, process.env);
const log = createLog('simulator', config.LOG_LEVEL);
const scope = new Scope();

await runService(log, scope, async () => {
  const { SIMULATOR_SCENARIO: scenario } = config;
  scope.own(
    await startSimulator({
      host: config.HOST,
      port: config.PORT,
      inspect: config.SIMULATOR_INSPECT,
      inspectMinutes: config.SIMULATOR_INSPECT_MINUTES,
      sessionSeconds: config.SIMULATOR_SESSION_SECONDS,
      ...(scenario ? { scenario } : {}),
      log,
    }),
  );
});
