import type { Log } from '@parley/kit/log';
import { createAgentsRunner } from './nested_team/agents/createAgentsRunner.ts';
import { readTeam } from './nested_team/agents/TeamFile.ts';
import { JobFailure, type Runner } from './Runner.ts';
import type { RunnersEnv } from './runnersEnv.ts';

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
export async function createRunners({ env }: RunnersOptions): Promise<Runners> {
  return {
    nested_team: await createTeamRunner(env),
    code: { kind: 'code', repeatable: false, run: notYet },
    close: () => Promise.resolve(),
  };
}

async function createTeamRunner(env: RunnersEnv): Promise<Runner<'nested_team'>> {
  return createAgentsRunner({
    team: await readTeam(env.NESTED_TEAM_FILE),
    model: env.NESTED_TEAM_MODEL,
    maxTurns: env.NESTED_TEAM_MAX_TURNS,
    apiKey: env.OPENAI_API_KEY,
    baseURL: env.OPENAI_BASE_URL,
  });
}

const notYet = () => Promise.reject(new JobFailure('This kind of job cannot be done here.'));
