import { join } from 'node:path';
import type { CodeAgent } from '../agent/CodeAgent.ts';
import { InstallError, installProgram } from '../agent/installProgram.ts';
import { JobFailure } from '../../Runner.ts';
import { untilAborted } from '../../untilAborted.ts';
import { CLAUDE } from './program.ts';

export interface ClaudeOptions {
  cacheDir: string;
  baseUrl: string;
  apiKey: string | undefined;
}

/** Anthropic's agent SDK as coding agent. Its program is brought on the first job (R36). */
export function createClaudeAgent({ cacheDir, baseUrl, apiKey }: ClaudeOptions): CodeAgent {
  let installing: Promise<string> | undefined;
  return {
    name: CLAUDE.name,
    host: join(import.meta.dirname, 'host/main.ts'),
    model: { baseUrl, apiKey },
    async install(tell, signal) {
      const mine = installing === undefined;
      if (!mine) tell({ kind: 'note', text: `Another job is already bringing ${CLAUDE.name}` });
      const say = (text: string) => tell({ kind: 'note', text });
      const current = (installing ??= installProgram(cacheDir, CLAUDE, say, signal));
      try {
        const folder = await untilAborted(current, signal);
        if (installing === current) installing = undefined; // the next job looks for itself: it may be gone by then
        return folder;
      } catch (error) {
        const failed = error instanceof InstallError;
        if (!mine && signal.aborted) throw error;
        if (installing === current) installing = undefined;
        // Whose job it was that brought it may have been cancelled: this one is not.
        if (!mine && !failed) return this.install(tell, signal);
        if (failed) throw new JobFailure(error.message, { cause: error });
        throw error;
      }
    },
  };
}
