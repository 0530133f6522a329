import { z } from 'zod';
import { findClips } from '../speech/findClips.ts';
import { ModelRules } from './modelReplies.ts';

/** What a scenario may script. Every field is explained in RULES.md, "Scenarios". */

const Milliseconds = z.int().min(0).max(600_000);

/** A sentence that can be spoken: made of recorded phrases and numbers from 0 to 99. */
const Spoken = z.string().transform((sentence, context) => {
  try {
    return findClips(sentence);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: error instanceof Error ? error.message : 'cannot be spoken',
    });
    return z.NEVER;
  }
});

const Failure = z.strictObject({
  code: z.string().default('server_error'),
  message: z.string().default('The server had an error while processing your request.'),
  type: z.string().default('server_error'),
});

const Reply = z.strictObject({
  /** What is said when the session wants audio. */
  say: Spoken.optional(),
  /** What is written when the session wants text; without it the words of `say`. */
  text: z.string().optional(),
  calls: z
    .array(
      z.strictObject({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()).default({}) }),
    )
    .optional(),
  /** Before the first output, in place of the scenario's `firstOutputMs`. */
  delayMs: Milliseconds.optional(),
  /** The response ends as failed instead. */
  fail: Failure.optional(),
});
export type ScriptedReply = z.infer<typeof Reply>;

const Turn = z.strictObject({
  transcript: z.string().optional(),
  transcriptionFails: Failure.optional(),
  reply: Reply.optional(),
});
export type ScriptedTurn = z.infer<typeof Turn>;

const When = z.strictObject({
  /** The last user message has these words (case does not matter). */
  contains: z.string().min(1).optional(),
  /** The last item is the output of this tool. */
  afterTool: z.string().min(1).optional(),
  /** Responses with `conversation: "none"` only, or only the others. */
  outOfBand: z.boolean().optional(),
});

const Fault = z.strictObject({
  /** At the `count`-th server event of this type, before it is sent. */
  at: z.strictObject({ event: z.string().min(1), count: z.int().min(1).default(1) }),
  do: z.discriminatedUnion('what', [
    /** The connection breaks without a close frame. */
    z.strictObject({ what: z.literal('drop') }),
    z.strictObject({
      what: z.literal('close'),
      code: z.int().min(1000).max(4999),
      reason: z.string().default(''),
    }),
    /** The event is sent twice, with the same event ID. */
    z.strictObject({ what: z.literal('duplicate') }),
    /** Something that is no event is sent before it. */
    z.strictObject({ what: z.literal('malformed'), text: z.string().default('{"type":"response.output_') }),
    /** It and everything after it comes later. */
    z.strictObject({ what: z.literal('delay'), ms: Milliseconds }),
    /** It is never sent. */
    z.strictObject({ what: z.literal('omit') }),
    z.strictObject({ what: z.literal('error'), ...Failure.shape }),
    /** The session reaches its maximum duration. */
    z.strictObject({ what: z.literal('expire') }),
  ]),
});
export type Fault = z.infer<typeof Fault>;

export const Scenario = z.strictObject({
  description: z.string().default(''),
  /** The connection is refused with this status. */
  refuse: z
    .strictObject({
      status: z.union([z.literal(401), z.literal(403), z.literal(429), z.literal(500), z.literal(503)]),
      code: z.string().optional(),
      message: z.string().optional(),
      /** Refuse so many connections, then accept; without it all are refused. */
      times: z.int().min(1).optional(),
    })
    .optional(),
  /** How many times faster than real time audio is generated. */
  pace: z.number().min(0.5).max(1000).default(4),
  firstOutputMs: Milliseconds.default(150),
  transcriptionMs: Milliseconds.default(100),
  sessionSeconds: z.number().positive().optional(),
  /** The n-th committed audio of a connection. */
  turns: z.array(Turn).default([]),
  /** The first that fits answers; without one the simulator answers by itself. */
  replies: z.array(z.strictObject({ when: When, reply: Reply })).default([]),
  faults: z.array(Fault).default([]),
  /** Answers of `/v1/responses` and `/v1/messages`; without one that fits the simulator answers by itself. */
  models: ModelRules,
});
export type Scenario = z.infer<typeof Scenario>;
/** A scenario as it is written down: fields with a default may be left out. */
export type ScenarioInput = z.input<typeof Scenario>;
