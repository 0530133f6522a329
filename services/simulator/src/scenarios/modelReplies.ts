import { z } from 'zod';

/** What a scenario may script for `/v1/responses` and `/v1/messages`. Explained in RULES.md, "Models". */

const Milliseconds = z.int().min(0).max(600_000);
const MAX_TEXT = 4_000_000;

const ModelError = z.strictObject({
  status: z.union([
    z.literal(400),
    z.literal(401),
    z.literal(403),
    z.literal(404),
    z.literal(429),
    z.literal(500),
    z.literal(503),
    z.literal(529),
  ]),
  /** In place of the provider's own for this status. */
  type: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  /** The answer begins well, and fails then. Only a stream can. */
  midway: z.boolean().default(false),
});
export type ModelError = z.infer<typeof ModelError>;

const ModelReply = z.strictObject({
  text: z.string().default(''),
  /** The text comes so many times, for answers that are too long. */
  repeat: z.int().min(1).max(MAX_TEXT).default(1),
  /** `{workspace}` in an argument stands for the folder that the request says the agent works in. */
  calls: z
    .array(
      z.strictObject({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()).default({}) }),
    )
    .default([]),
  /** Arguments that are no JSON, in place of those of every call. */
  brokenArguments: z.string().optional(),
  /** Before the first output, in place of the scenario's `firstOutputMs`. */
  delayMs: Milliseconds.optional(),
  /** Between two pieces of a stream. */
  chunkMs: Milliseconds.default(0),
  error: ModelError.optional(),
  /** In the middle of a stream: something that is no event, or the end of the connection. */
  broken: z.enum(['malformed', 'cut']).optional(),
  usage: z.strictObject({ input: z.int().min(0), output: z.int().min(0) }).optional(),
});
export type ScriptedModelReply = z.infer<typeof ModelReply>;

const When = z.strictObject({
  api: z.enum(['responses', 'messages']).optional(),
  /** What the user wrote last, or the task, has these words (case does not matter). */
  contains: z.string().min(1).optional(),
  /** The instructions have these words. */
  instructions: z.string().min(1).optional(),
  /** The last thing in the conversation is a result of this tool. */
  afterTool: z.string().min(1).optional(),
  /** So many answers of the model are in the conversation already. */
  round: z.int().min(0).optional(),
  /** This tool is offered. */
  tool: z.string().min(1).optional(),
});
export type ModelWhen = z.infer<typeof When>;

/** The first rule that fits answers; one that has answered `times` times no longer fits. */
export const ModelRules = z
  .array(z.strictObject({ when: When.default({}), times: z.int().min(1).optional(), reply: ModelReply }))
  .default([]);
export type ModelRule = z.infer<typeof ModelRules>[number];
