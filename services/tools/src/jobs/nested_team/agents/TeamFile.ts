import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Name = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9_]*$/, 'lower-case letters, digits and _');

const AgentEntry = z.strictObject({
  /** When to hand off to it: its colleagues read this. */
  description: z.string().min(1).max(500),
  instructions: z.string().min(1).max(20_000),
  /** In place of NESTED_TEAM_MODEL. */
  model: z.string().min(1).max(100).optional(),
  /** Colleagues that it may hand off to. */
  handoffs: z.array(Name).max(20).default([]),
});

/** A team as a JSON file describes it. `RULES.md`, "A team's file", explains it. */
export const TeamFile = z
  .strictObject({
    description: z.string().max(500).default(''),
    /** Who gets the task. */
    coordinator: Name,
    agents: z.record(Name, AgentEntry),
    /** US dollars for a million tokens, by model; the cost of a run with another model is not known. */
    prices: z
      .record(z.string(), z.strictObject({ input: z.number().min(0), output: z.number().min(0) }))
      .default({}),
  })
  .superRefine(({ coordinator, agents }, context) => {
    const unknown = (path: string[], name: string) =>
      context.addIssue({ code: 'custom', path, message: `names ${name}, who is not among the agents` });
    if (!agents[coordinator]) unknown(['coordinator'], coordinator);
    if (Object.keys(agents).length > 30)
      context.addIssue({ code: 'custom', path: ['agents'], message: 'has more than 30 agents' });
    for (const [name, { handoffs }] of Object.entries(agents))
      for (const other of handoffs) if (!agents[other]) unknown(['agents', name, 'handoffs'], other);
  });
export type TeamFile = z.infer<typeof TeamFile>;

/** The team that comes with Parley. */
const DEFAULT_TEAM = join(import.meta.dirname, 'team.json');

/** Reads and checks a team's file. Rejects with a message that names the file and each wrong field. */
export async function readTeam(path: string = DEFAULT_TEAM): Promise<TeamFile> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`The team file ${path} cannot be read.`, { cause: error });
  }
  const parsed = TeamFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(all)'}: ${issue.message}`);
  throw new Error(`The team file ${path} is wrong:\n${lines.join('\n')}`);
}
