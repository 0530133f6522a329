import type { JobStep } from '@parley/contract';

/** A coding agent that code jobs can be given to. */
export interface CodeAgent {
  readonly name: string;
  /**
   * Brings the agent's program where it is not yet there, telling how it gets on. Resolves to its folder, outside of every
   * workspace. Rejects with a JobFailure in words, such as that there is no network.
   */
  install(tell: (step: Pick<JobStep, 'kind' | 'text'>) => void, signal: AbortSignal): Promise<string>;
  /** The main file of its host, run by Node. Everything it imports lies in the same folder. */
  readonly host: string;
  /** Where the model is, and the key; requests to it pass through the runner, so that the agent never sees the key. */
  readonly model: { baseUrl: string; apiKey: string | undefined };
}
