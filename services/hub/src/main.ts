import { readEnv } from '@parley/kit/env';
import { runService } from '@parley/kit/lifecycle';
import { createLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { startTracing } from '@parley/kit/startTracing';
import { HubConfig } from './config.ts';
import { startHub } from './hub.ts';

const config = readEnv('hub', HubConfig, process.env);
const log = createLog('hub', config.LOG_LEVEL);
const scope = new Scope();

await runService(log, scope, async () => {
  await startTracing('hub', config, log, scope);
  await startHub(config, log, scope);
});
