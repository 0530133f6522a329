import { z } from 'zod';
import { textTokens } from '../../response/usage.ts';
import type { Question, ToolResult } from '../question.ts';
import { MessagesError } from './MessagesError.ts';

const Block = z.looseObject({ type: z.string(), text: z.string().optional() });
const Content = z.union([z.string(), z.array(Block)]);
const ToolUse = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const Result = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: Content.optional(),
  is_error: z.boolean().optional(),
});

/** The body of `POST /v1/messages`, as far as the simulator reads it; other fields are let through. */
const Body = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  messages: z
    .array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content: Content }))
    .min(1, 'at least one message is required'),
  system: Content.optional(),
  stream: z.boolean().optional(),
  tools: z
    .array(z.looseObject({ name: z.string().optional(), description: z.string().optional() }))
    .optional(),
});
export type MessagesBody = z.infer<typeof Body>;
const CountBody = Body.omit({ max_tokens: true, stream: true });
type Message = MessagesBody['messages'][number];

/** Throws MessagesError 400, as the API refuses: a wrong field, a call without its result or the other way round. */
export function readRequest(body: unknown): { body: MessagesBody; question: Question } {
  const parsed = parse(Body, body);
  return { body: parsed, question: toQuestion(parsed) };
}

/** The same for `POST /v1/messages/count_tokens`. */
export function countTokens(body: unknown): number {
  return tokensOf(parse(CountBody, body));
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const missing = issue?.code === 'invalid_type' && issue.message.includes('undefined');
  throw new MessagesError(
    400,
    `${issue?.path.join('.') || 'body'}: ${missing ? 'Field required' : (issue?.message ?? 'invalid')}`,
  );
}

const tokensOf = ({ messages, system, tools }: z.output<typeof CountBody>) =>
  textTokens(JSON.stringify([messages, system, tools]));

function toQuestion(body: MessagesBody): Question {
  const { messages } = body;
  const users = messages.filter(({ role }) => role === 'user').flatMap(({ content }) => wordsOf(content));
  const system = [
    ...(body.system ? [textOf(body.system)] : []),
    ...messages.flatMap(({ role, content }) => (role === 'system' ? [textOf(content)] : [])),
  ].join('\n');
  const results = resultsOf(messages);
  const lastSaid = messages.filter(({ role }) => role !== 'system').at(-1);
  const endsWithResult = blocksOf(lastSaid).some(({ type }) => type === 'tool_result');
  return {
    api: 'messages',
    model: body.model,
    instructions: system,
    task: users[0] ?? '',
    last: users.at(-1) ?? '',
    round: messages.filter(({ role }) => role === 'assistant').length,
    results,
    afterTool: endsWithResult ? results.at(-1)?.tool : undefined,
    tools: (body.tools ?? []).flatMap(({ name, description }) =>
      name ? [{ name, description: description ?? '' }] : [],
    ),
    workspace: /working directory: (\S+)/i.exec(system)?.[1],
    inputTokens: tokensOf(body),
  };
}

const blocksOf = (message: Message | undefined) =>
  message === undefined || typeof message.content === 'string' ? [] : message.content;

function textOf(content: z.infer<typeof Content>): string {
  return typeof content === 'string' ? content : content.map((block) => block.text ?? '').join('\n');
}

/** What a person has written: not what the agent's program adds for itself, nor results. */
function wordsOf(content: z.infer<typeof Content>): string[] {
  const texts = typeof content === 'string' ? [content] : content.flatMap(({ text }) => text ?? []);
  return texts.map((text) => text.trim()).filter((text) => text && !text.startsWith('<system-reminder>'));
}

function resultsOf(messages: readonly Message[]): ToolResult[] {
  const turns = messages.filter(({ role }) => role !== 'system');
  const results: ToolResult[] = [];
  for (const [index, message] of turns.entries()) {
    const calls = blocksOf(message).flatMap((block) => ToolUse.safeParse(block).data ?? []);
    const answers = blocksOf(turns[index + 1]).flatMap((block) => Result.safeParse(block).data ?? []);
    const open = calls.find(({ id }) => !answers.some(({ tool_use_id }) => tool_use_id === id));
    if (open)
      throw new MessagesError(
        400,
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.id}.`,
      );
    for (const answer of answers) {
      const call = calls.find(({ id }) => id === answer.tool_use_id);
      if (!call)
        throw new MessagesError(
          400,
          `messages.${index + 1}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${answer.tool_use_id}.`,
        );
      results.push({
        tool: call.name,
        arguments: call.input,
        text: textOf(answer.content ?? ''),
        failed: answer.is_error ?? false,
      });
    }
  }
  return results;
}
