import type { Log } from '@parley/kit/log';
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
export async function createRunners(options: RunnersOptions): Promise<Runners> {
  await Promise.resolve(options);
  return {
    nested_team: { kind: 'nested_team', repeatable: true, run: notYet },
    code: { kind: 'code', repeatable: false, run: notYet },
    close: () => Promise.resolve(),
  };
}

const notYet = () => Promise.reject(new JobFailure('This kind of job cannot be done here.'));
