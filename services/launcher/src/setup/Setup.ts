import type { Terminal } from '../terminal/Terminal.ts';

/** What every step of the setup needs to know. Paths are absolute. */
export interface Setup {
  root: string;
  env: Readonly<NodeJS.ProcessEnv>;
  terminal: Terminal;
  /** Aborted when the person gives up: commands under way are killed. */
  signal: AbortSignal;
}

/** The setup cannot go on without the person. The message says what to do. */
export class SetupError extends Error {
  override name = 'SetupError';
}
