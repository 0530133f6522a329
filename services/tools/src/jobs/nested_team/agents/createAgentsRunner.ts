import { OpenAIProvider, Runner as TeamRun, type Agent, type AgentInputItem } from '@openai/agents';
import OpenAI from 'openai';
import { JobFailure, type JobResult, type JobRun, type Runner } from '../../Runner.ts';
import { buildTeam } from './buildTeam.ts';
import { failureOf } from './failureOf.ts';
import { Spending } from './Spending.ts';
import { Steering } from './Steering.ts';
import { stepOf } from './stepOf.ts';
import type { TeamFile } from './TeamFile.ts';

export interface AgentsOptions {
  team: TeamFile;
  /** For agents that name none. */
  model: string;
  /** Answers of models in one job. */
  maxTurns: number;
  apiKey: string | undefined;
  baseURL: string;
  /** How often the client itself repeats a request that failed; 2 unless told. */
  maxRetries?: number;
}

/** One request to a model may take so long. */
const REQUEST_MS = 300_000;

/** Runs a team of agents in this process with OpenAI's agents SDK (R10 to R14). A repeat costs tokens, nothing else. */
export function createAgentsRunner(options: AgentsOptions): Runner<'nested_team'> {
  const client = new OpenAI({
    apiKey: options.apiKey ?? 'none', // a compatible server may want none; who wants one says so
    baseURL: options.baseURL,
    maxRetries: options.maxRetries ?? 2,
    timeout: REQUEST_MS,
  });
  const modelProvider = new OpenAIProvider({ openAIClient: client, useResponses: true });
  return {
    kind: 'nested_team',
    repeatable: true,
    run: (run) => runTeam(run, options, modelProvider),
  };
}

async function runTeam(
  run: JobRun<'nested_team'>,
  { team, model, maxTurns }: AgentsOptions,
  modelProvider: OpenAIProvider,
): Promise<JobResult> {
  run.signal.throwIfAborted();
  const spending = new Spending(team.prices);
  const steering = new Steering(run.instructions);
  const runner = new TeamRun({ modelProvider, tracingDisabled: true, traceIncludeSensitiveData: false });
  let agent: Agent = buildTeam(team, model);
  let input: AgentInputItem[] = [{ type: 'message', role: 'user', content: taskOf(run) }];
  let turns = 0;
  let text = '';
  try {
    do {
      const left = maxTurns - turns;
      const result = await runner.run(agent, input, {
        stream: true,
        maxTurns: Math.max(left, 0),
        signal: run.signal,
        callModelInputFilter: ({ modelData }) => ({
          ...modelData,
          input: steering.filter(modelData.input),
        }),
      });
      for await (const event of result) {
        const step = stepOf(event);
        if (step) run.progress(step);
        if (event.type !== 'raw_model_stream_event' || event.data.type !== 'response_done') continue;
        turns += 1;
        spending.add(modelOf(result.currentAgent, model), event.data.response.usage);
        if (spending.costUsd !== null) run.spent(spending.costUsd);
      }
      await result.completed;
      run.signal.throwIfAborted();
      text = result.finalOutput ?? '';
      agent = result.lastAgent ?? agent;
      input = steering.fold(result.history);
    } while (endsWithUser(input));
  } catch (error) {
    run.signal.throwIfAborted();
    throw failureOf(error, maxTurns, spending.costUsd);
  } finally {
    steering.close();
  }
  if (text.trim() === '')
    throw new JobFailure('The team ended without a word.', { costUsd: spending.costUsd });
  run.progress({ kind: 'note', agent: agent.name, text: `Done with ${spending.words}` });
  return { text, costUsd: spending.costUsd };
}

const taskOf = ({ arguments: { task, context } }: JobRun<'nested_team'>) =>
  context ? `${task}\n\nWhat was said before:\n${context}` : task;

const modelOf = (agent: Agent | undefined, fallback: string) =>
  typeof agent?.model === 'string' && agent.model ? agent.model : fallback;

const endsWithUser = (items: readonly AgentInputItem[]) => {
  const last = items.at(-1);
  return last?.type === 'message' && last.role === 'user';
};
