import { z } from 'zod';
import { parseField, ProtocolError } from '../../protocol/ProtocolError.ts';
import { textTokens } from '../../response/usage.ts';
import type { Question, ToolResult } from '../question.ts';
import { parseArguments } from '../parseArguments.ts';

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });
const Content = z.union([z.string(), z.array(Part)]);

const Message = z.looseObject({
  type: z.literal('message').default('message'),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: Content,
});
const Call = z.looseObject({
  type: z.literal('function_call'),
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string(),
});
const Output = z.looseObject({
  type: z.literal('function_call_output'),
  call_id: z.string().min(1),
  output: Content,
});
/** Reasoning, references, calls of hosted tools: read over. */
const Other = z.looseObject({ type: z.string() });
const Item = z.union([Call, Output, Message, Other]);

/** The body of `POST /v1/responses`, as far as the simulator reads it; other fields are let through. */
const Body = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(Item).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  tools: z
    .array(
      z.looseObject({ type: z.string(), name: z.string().optional(), description: z.string().nullish() }),
    )
    .nullish(),
  previous_response_id: z.string().nullish(),
});
export type ResponsesBody = z.infer<typeof Body>;
type Item = z.infer<typeof Item>;

/** Throws ProtocolError, as the API refuses: a wrong field, a result without its call, a call without its result. */
export function readRequest(body: unknown): { body: ResponsesBody; question: Question } {
  const parsed = parseField(Body, body ?? {}, '');
  if (parsed.previous_response_id)
    throw new ProtocolError(
      'previous_response_not_found',
      `Previous response with id '${parsed.previous_response_id}' not found.`,
      'previous_response_id',
    );
  return { body: parsed, question: toQuestion(parsed) };
}

function toQuestion(body: ResponsesBody): Question {
  const items: Item[] =
    typeof body.input === 'string'
      ? [{ type: 'message', role: 'user', content: body.input } satisfies Item]
      : body.input;
  const users = items.filter(isMessage).flatMap(({ role, content }) => (role === 'user' ? [content] : []));
  const instructions = [
    body.instructions ?? '',
    ...items
      .filter(isMessage)
      .flatMap(({ role, content }) => (role === 'system' || role === 'developer' ? [textOf(content)] : [])),
  ].join('\n');
  const last = items.at(-1);
  const results = resultsOf(items);
  return {
    api: 'responses',
    model: body.model,
    instructions,
    task: textOf(users[0] ?? ''),
    last: textOf(users.at(-1) ?? ''),
    round: roundsOf(items),
    results,
    afterTool: last?.type === 'function_call_output' ? results.at(-1)?.tool : undefined,
    tools: (body.tools ?? []).flatMap(({ type, name, description }) =>
      type === 'function' && name ? [{ name, description: description ?? '' }] : [],
    ),
    workspace: undefined,
    inputTokens: textTokens(JSON.stringify([body.input, body.instructions, body.tools])),
  };
}

const isMessage = (item: Item): item is z.infer<typeof Message> =>
  item.type === 'message' && 'role' in item && 'content' in item;
const isCall = (item: Item): item is z.infer<typeof Call> =>
  item.type === 'function_call' && 'call_id' in item;
const isOutput = (item: Item): item is z.infer<typeof Output> => item.type === 'function_call_output';

function textOf(content: z.infer<typeof Content>): string {
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
}

function resultsOf(items: readonly Item[]): ToolResult[] {
  const calls = new Map(items.filter(isCall).map((call) => [call.call_id, call]));
  const outputs = items.filter(isOutput);
  const answered = new Set(outputs.map(({ call_id }) => call_id));
  const open = [...calls.keys()].find((id) => !answered.has(id));
  if (open)
    throw new ProtocolError('invalid_value', `No tool output found for function call ${open}.`, 'input');
  return outputs.map(({ call_id, output }) => {
    const call = calls.get(call_id);
    if (!call)
      throw new ProtocolError(
        'invalid_value',
        `No tool call found for function call output with call_id ${call_id}.`,
        'input',
      );
    return {
      tool: call.name,
      arguments: parseArguments(call.arguments),
      text: textOf(output),
      failed: false,
    };
  });
}

/** One answer is a run of items of the model: texts, reasoning, calls. */
function roundsOf(items: readonly Item[]): number {
  const ofModel = items.map(
    (item) => isCall(item) || item.type === 'reasoning' || (isMessage(item) && item.role === 'assistant'),
  );
  return ofModel.filter((mine, i) => mine && !ofModel[i - 1]).length;
}
