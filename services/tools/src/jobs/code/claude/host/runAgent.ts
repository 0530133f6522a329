import { mkdirSync } from 'node:fs';
import type { HostMessage, HostStart } from '../../agent/protocol.ts';
import { describeRequest, type ToolRequest } from './describeRequest.ts';
import { pathOutside } from './paths.ts';
import type { Prompts } from './Prompts.ts';
import { stepsOf, type SdkMessage } from './stepsOf.ts';

/** As much of the SDK as is used. Its own types come with 370 MB, so that they are not there when this is checked. */
export interface Sdk {
  query(request: { prompt: AsyncIterable<unknown>; options: object }): AsyncIterable<SdkMessage>;
}

/** What the host's own environment says. */
export interface Place {
  folder: string;
  home: string;
  path: string;
  job: string;
  /** Of the model's door on this side of the wall. */
  baseUrl: string;
}

interface Room {
  say(message: HostMessage): void;
  ask(request: { what: string; detail: string | null; why: string }): Promise<{
    approved: boolean;
    reason: string;
  }>;
}

type Permission =
  { behavior: 'allow'; updatedInput: Record<string, unknown> } | { behavior: 'deny'; message: string };

/** Tools that stay in the folder and need no network. */
const TOOLS = ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash', 'TodoWrite'];
/** What a command may print into the conversation, characters, and how long it may run. */
const COMMAND_OUTPUT = 30_000;
const COMMAND_MS = 600_000;

/** Runs the agent to its end and returns the last message for the runner. Steps, costs and questions are said as they come. */
export async function runAgent(
  sdk: Sdk,
  settings: HostStart,
  prompts: Prompts,
  place: Place,
  room: Room,
): Promise<HostMessage> {
  mkdirSync(`${place.home}/tmp`, { recursive: true });
  let status: number | null = null;
  let last: HostMessage = { type: 'failed', why: 'agent', text: 'The agent ended without a word.', status };
  const messages = sdk.query({ prompt: prompts, options: options(settings, place, room) });
  let ended = false;
  try {
    for await (const message of messages) {
      if (message.type === 'user' && message.isReplay && message.uuid) prompts.read(message.uuid);
      for (const step of stepsOf(message, place.folder)) room.say({ type: 'step', step });
      if (message.type === 'assistant' && message.error) status = statusIn(message) ?? status;
      if (message.type !== 'result') continue;
      room.say({ type: 'cost', usd: message.total_cost_usd ?? 0 });
      last = endOf(message, status);
      ended = true;
      if (last.type === 'failed' || prompts.unread === 0) prompts.close();
    }
  } catch (error) {
    if (!ended) throw error; // after a result that is a failure the SDK throws it once more
  }
  return last;
}

function options(settings: HostStart, place: Place, room: Room): object {
  const { folder } = place;
  const { model, maxTurns, maxCostUsd, modelKey, askAlways, askNever } = settings;
  const outside = ({ tool_input }: { tool_input: Record<string, unknown> }) => {
    const path = pathOutside(tool_input, folder);
    return path === undefined ? undefined : `${path} is outside of the workspace.`;
  };
  return {
    cwd: folder,
    maxTurns,
    maxBudgetUsd: maxCostUsd,
    ...(model ? { model } : {}),
    tools: TOOLS,
    permissionMode: 'acceptEdits',
    settingSources: [], // a repository's own settings could run hooks
    strictMcpConfig: true,
    persistSession: false,
    extraArgs: { 'replay-user-messages': null },
    canUseTool: (tool: string, input: Record<string, unknown>) =>
      permit({ tool, input }, folder, askNever, room),
    hooks: {
      PreToolUse: [
        {
          hooks: [
            (input: { tool_name: string; tool_input: Record<string, unknown> }) => {
              const reason = outside(input);
              const decision = reason ? 'deny' : askAlways && input.tool_name === 'Bash' ? 'ask' : undefined;
              return Promise.resolve(
                decision === undefined
                  ? {}
                  : {
                      hookSpecificOutput: {
                        hookEventName: 'PreToolUse',
                        permissionDecision: decision,
                        permissionDecisionReason: reason ?? 'Every command is asked for here.',
                      },
                    },
              );
            },
          ],
        },
      ],
    },
    env: {
      PATH: place.path,
      HOME: place.home,
      TMPDIR: `${place.home}/tmp`,
      PARLEY_JOB: place.job,
      LANG: 'C.UTF-8',
      ANTHROPIC_BASE_URL: place.baseUrl,
      ANTHROPIC_API_KEY: modelKey,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_MAX_RETRIES: '2',
      BASH_MAX_OUTPUT_LENGTH: String(COMMAND_OUTPUT),
      BASH_MAX_TIMEOUT_MS: String(COMMAND_MS),
    },
  };
}

async function permit(
  request: ToolRequest,
  folder: string,
  askNever: boolean,
  room: Room,
): Promise<Permission> {
  const { input } = request;
  const path = pathOutside(input, folder);
  if (path !== undefined) return { behavior: 'deny', message: `${path} is outside of the workspace.` };
  if (askNever) return { behavior: 'allow', updatedInput: input };
  const { approved, reason } = await room.ask(describeRequest(request));
  return approved
    ? { behavior: 'allow', updatedInput: input }
    : { behavior: 'deny', message: `Not allowed: ${reason}` };
}

function endOf(message: SdkMessage, status: number | null): HostMessage {
  const text = message.result ?? message.errors?.join('\n') ?? '';
  if (message.subtype === 'success' && !message.is_error) return { type: 'done', text };
  if (message.subtype === 'error_max_turns') return { type: 'failed', why: 'turns', text, status: null };
  if (message.subtype === 'error_max_budget_usd') return { type: 'failed', why: 'cost', text, status: null };
  const code = message.api_error_status ?? status;
  if (code !== null || /api error|connect/i.test(text))
    return { type: 'failed', why: 'provider', text, status: code };
  return { type: 'failed', why: 'agent', text, status: null };
}

/** "API Error: 429 …" as the agent's program writes it. */
function statusIn(message: SdkMessage): number | undefined {
  const found = /\b(?:API Error|status)\D{0,5}(\d{3})\b/i.exec(
    JSON.stringify(message.message?.content ?? ''),
  );
  return found ? Number(found[1]) : undefined;
}
