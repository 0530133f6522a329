import { readEnv } from '@parley/kit/env';
import { runService } from '@parley/kit/lifecycle';
import { createLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { startTracing } from '@parley/kit/startTracing';
import { ToolsConfig } from './config.ts';
import { createRunners } from './jobs/createRunners.ts';
import { startTools } from './tools.ts';

/** Running jobs have so long to stop their processes and to be put back. */
const CLOSE_WITHIN_MS = 11_000;

const config = readEnv('tools', ToolsConfig, process.env);
const log = createLog('tools', config.LOG_LEVEL);
const scope = new Scope();

await runService(log, scope, start, CLOSE_WITHIN_MS);

async function start(): Promise<void> {
  await startTracing('tools', config, log, scope);
  const runners = await createRunners({ env: config, log });
  scope.add(() => runners.close());
  await startTools(config, runners, log, scope);
}
