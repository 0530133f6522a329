import { envFlag } from '@parley/kit/env';
import { z } from 'zod';

const amount = (fallback: number, max: number) => z.coerce.number().positive().max(max).default(fallback);
const count = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);

/** What the environment may set about the runners: part of the service's configuration. Explained in .env.example. */
export const runnersEnv = {
  /** Workspaces of the sessions are kept below it. */
  DATA_DIR: z.string().default('.data'),
  /** Programs that are brought on first use are kept below it; without it `~/.cache/parley`. */
  PARLEY_CACHE_DIR: z.string().optional(),

  NESTED_TEAM_RUNNER: z.enum(['agents', 'websocket']).default('agents'),
  /** Path of a team file for `agents`; without it the team that comes with Parley. */
  NESTED_TEAM_FILE: z.string().optional(),
  NESTED_TEAM_MODEL: z.string().default('gpt-5.4-mini'),
  NESTED_TEAM_MAX_TURNS: count(20, 200),
  /** Address (ws: or wss:) of the team behind `websocket`, and the token that it wants. */
  NESTED_TEAM_URL: z.url({ protocol: /^wss?$/ }).optional(),
  NESTED_TEAM_TOKEN: z.string().optional(),

  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url().default('https://api.openai.com/v1'),

  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: z.url().default('https://api.anthropic.com'),
  CODE_MODEL: z.string().optional(),
  CODE_MAX_TURNS: count(40, 500),
  CODE_MAX_COST_USD: amount(5, 1_000),
  CODE_MAX_MINUTES: amount(20, 600),
  /** Limits of one job: memory, processes and threads, one file that it writes, and all that it leaves. */
  CODE_MEMORY_MB: count(4_096, 1_000_000),
  CODE_PROCESSES: count(512, 100_000),
  CODE_FILE_MB: count(256, 100_000),
  CODE_DISK_MB: count(2_048, 1_000_000),
  /** `auto` takes the strongest that works here; `required` refuses to start where no wall can be built. */
  CODE_ISOLATION: z.enum(['auto', 'required', 'none']).default('auto'),
  /**
   * Whether the commands of an agent may use the network of this machine, with all that listens on it. Without, the agent
   * still reaches its model. Only a wall of namespaces can keep it away.
   */
  CODE_NETWORK: envFlag.default(false),
  /** What the room is asked for: every command that is not known to be harmless, or, behind a wall, nothing. */
  CODE_ASK: z.enum(['commands', 'nothing']).default('commands'),
} as const;
export const RunnersEnv = z.object(runnersEnv);
export type RunnersEnv = Readonly<z.infer<typeof RunnersEnv>>;
