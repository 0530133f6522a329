import { Agent, handoff } from '@openai/agents';
import type { TeamFile } from './TeamFile.ts';

/** The agents of a file, each knowing whom it may hand off to. Returns the coordinator. Made anew for each run. */
export function buildTeam({ coordinator, agents: entries }: TeamFile, model: string): Agent {
  const agents = new Map(
    Object.entries(entries).map(([name, entry]) => [
      name,
      new Agent({
        name,
        handoffDescription: entry.description,
        instructions: entry.instructions,
        model: entry.model ?? model,
      }),
    ]),
  );
  for (const [name, { handoffs }] of Object.entries(entries)) {
    const colleagues = handoffs.flatMap((other) => agents.get(other) ?? []);
    agents.get(name)?.handoffs.push(...colleagues.map((colleague) => handoff(colleague)));
  }
  const first = agents.get(coordinator);
  if (!first) throw new Error(`No agent is named ${coordinator}.`);
  return first;
}
