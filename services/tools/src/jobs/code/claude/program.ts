import type { Program } from '../agent/installProgram.ts';

/** The coding agent, exactly this version: its messages are read as it writes them. */
export const CLAUDE: Program = {
  name: 'the coding agent',
  package: '@anthropic-ai/claude-agent-sdk',
  version: '0.3.329',
  megabytes: 430,
};
