import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Log } from '@parley/kit/log';
import { createClaudeAgent } from './code/claude/createClaudeAgent.ts';
import { createCodeRunner } from './code/createCodeRunner.ts';
import { chooseWall } from './code/walls/chooseWall.ts';
import { sweepWorkspaces } from './code/workspace/sweep.ts';
import { createAgentsRunner } from './nested_team/agents/createAgentsRunner.ts';
import { readTeam } from './nested_team/agents/TeamFile.ts';
import { createWebSocketRunner } from './nested_team/websocket/createWebSocketRunner.ts';
import { JobFailure, type Runner } from './Runner.ts';
import type { RunnersEnv } from './runnersEnv.ts';

const MB = 2 ** 20;
const SWEEP_MS = 6 * 3_600_000;

export interface RunnersOptions {
  env: RunnersEnv;
  log: Log;
}

export interface Runners {
  nested_team: Runner<'nested_team'>;
  code: Runner<'code'>;
  /** Ends what is still running, of any kind. */
  close(): Promise<void>;
}

/** The runner of each kind, as the environment chooses it. Rejects when the choice cannot work: a wrong team file, no address. */
export async function createRunners({ env, log }: RunnersOptions): Promise<Runners> {
  const code = await createCode(env, log);
  const sweep = () => {
    sweepWorkspaces(env.DATA_DIR, Date.now()).then(
      (removed) => removed > 0 && log.info({ removed }, 'old workspaces removed'),
      (error: unknown) => log.warn({ err: error }, 'old workspaces could not be removed'),
    );
  };
  sweep();
  const sweeping = setInterval(sweep, SWEEP_MS).unref();
  return {
    nested_team: await createTeamRunner(env),
    code,
    close: () => {
      clearInterval(sweeping);
      return code.close();
    },
  };
}

type CodeRunner = ReturnType<typeof createCodeRunner>;

async function createCode(env: RunnersEnv, log: Log): Promise<CodeRunner> {
  const cacheDir = env.PARLEY_CACHE_DIR ?? join(homedir(), '.cache', 'parley');
  const agent = createClaudeAgent({
    cacheDir,
    baseUrl: env.ANTHROPIC_BASE_URL,
    apiKey: env.ANTHROPIC_API_KEY,
  });
  const folders = [env.DATA_DIR, cacheDir].map((path) => resolve(path));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  const wall = await chooseWall(env.CODE_ISOLATION, [...folders, agent.host, process.execPath]);
  if (env.CODE_ISOLATION === 'required' && wall.kind !== 'namespaces') {
    log.error(
      'code jobs are refused: no wall of namespaces can be built here, and CODE_ISOLATION requires one',
    );
    return refuseCode();
  }
  log[wall.kind === 'namespaces' ? 'info' : 'warn'](
    { isolation: wall.kind, about: wall.about },
    'code jobs run behind this',
  );
  return createCodeRunner({
    agent,
    wall,
    dataDir: env.DATA_DIR,
    network: env.CODE_NETWORK,
    ask: env.CODE_ASK,
    model: env.CODE_MODEL,
    limits: {
      turns: env.CODE_MAX_TURNS,
      costUsd: env.CODE_MAX_COST_USD,
      minutes: env.CODE_MAX_MINUTES,
      memory: env.CODE_MEMORY_MB * MB,
      processes: env.CODE_PROCESSES,
      fileSize: env.CODE_FILE_MB * MB,
      disk: env.CODE_DISK_MB * MB,
      cpuSeconds: Math.ceil(env.CODE_MAX_MINUTES * 60),
    },
  });
}

async function createTeamRunner(env: RunnersEnv): Promise<Runner<'nested_team'>> {
  if (env.NESTED_TEAM_RUNNER === 'websocket') {
    if (!env.NESTED_TEAM_URL)
      throw new Error('NESTED_TEAM_RUNNER is "websocket", but NESTED_TEAM_URL names no team.');
    return createWebSocketRunner({ url: env.NESTED_TEAM_URL, token: env.NESTED_TEAM_TOKEN });
  }
  return createAgentsRunner({
    team: await readTeam(env.NESTED_TEAM_FILE),
    model: env.NESTED_TEAM_MODEL,
    maxTurns: env.NESTED_TEAM_MAX_TURNS,
    apiKey: env.OPENAI_API_KEY,
    baseURL: env.OPENAI_BASE_URL,
  });
}

const refuseCode = (): CodeRunner => ({
  kind: 'code',
  repeatable: false,
  run: () =>
    Promise.reject(
      new JobFailure('Code jobs are switched off here: this machine allows no wall around the coding agent.'),
    ),
  close: () => Promise.resolve(),
});
