import { providerFailure } from '../providerFailure.ts';
import { JobFailure } from '../Runner.ts';
import { shorten } from '../shorten.ts';
import type { HostMessage } from './agent/protocol.ts';
import type { CodeLimits } from './CodeOptions.ts';
import type { Breach } from './contained/Contained.ts';

export type LastWord = Extract<HostMessage, { type: 'done' | 'failed' }>;

export interface Ending {
  last: LastWord | undefined;
  /** Why it was killed, if it was. */
  breach: Breach | undefined;
  /** The end of what its host wrote to its error output. */
  errors: string;
  limits: CodeLimits;
  costUsd: number;
}

/** The text that a job ended with, in the words of the agent. Throws a JobFailure when it did not end well. */
export function outcomeOf(ending: Ending): string {
  const { last, breach, errors, limits, costUsd } = ending;
  const failure = (words: string) => new JobFailure(words, { costUsd });
  if (breach && breach !== 'asked') throw failure(`The job was stopped: ${BREACHES[breach](limits)}`);
  if (!last) {
    const why = errors.trim().split('\n').at(-1);
    throw failure(`The coding agent ended without a word${why ? `: ${shorten(why, 300)}` : '.'}`);
  }
  if (last.type === 'done') return last.text.trim() || 'The coding agent is done and had nothing to say.';
  if (last.why === 'provider')
    throw providerFailure("The coding agent's provider", last.status ?? undefined, last.text, costUsd);
  if (last.why === 'turns') throw failure(`The agent was not done after ${limits.turns} turns, its limit.`);
  if (last.why === 'cost') throw failure(`The job was stopped at ${limits.costUsd} US dollars, its limit.`);
  throw failure(`The coding agent failed: ${shorten(last.text, 500)}`);
}

const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;

const BREACHES: Readonly<Record<Exclude<Breach, 'asked'>, (limits: CodeLimits) => string>> = {
  memory: (limits) => `its processes used more than ${mb(limits.memory)} of memory.`,
  processes: (limits) => `it started more than ${limits.processes} processes.`,
  disk: (limits) => `its folder grew above ${mb(limits.disk)}.`,
  output: () => 'it wrote without end.',
};
