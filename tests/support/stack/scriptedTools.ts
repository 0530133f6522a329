import { readEnv } from '@parley/kit/env';
import { runService } from '@parley/kit/lifecycle';
import { createLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { startTracing } from '@parley/kit/startTracing';
import { ToolsConfig } from '@parley/tools/config';
import { scriptedRunners } from '@parley/tools/testing/scriptedRunners';
import { startTools } from '@parley/tools/tools';

// The tools as they are, but for what does the jobs: that is told by each job's task.
const config = readEnv('tools', ToolsConfig, process.env);
const log = createLog('tools', config.LOG_LEVEL);
const scope = new Scope();

await runService(
  log,
  scope,
  async () => {
    await startTracing('tools', config, log, scope);
    await startTools(config, scriptedRunners(), log, scope);
  },
  11_000,
);
