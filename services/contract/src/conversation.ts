import { z } from 'zod';
import { DEFAULT_TOOL_POLICIES, ToolPolicies } from './tools.ts';

/**
 * When the assistant answers. always: every turn · addressed: a turn that says one of its names (one human alone need
 * not) or follows such an exchange · push-to-talk: what was said while a device held the button · scribe: never.
 */
export const ANSWER_MODES = ['always', 'addressed', 'push-to-talk', 'scribe'] as const;
export const AnswerMode = z.enum(ANSWER_MODES);
export type AnswerMode = z.infer<typeof AnswerMode>;

/**
 * Who finds the end of a turn: the provider by energy (`server_vad`), by meaning (`semantic_vad`), or nobody, so that
 * turns are made by holding the button. Push-to-talk always means `none`.
 */
export const TurnDetection = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('server'),
    threshold: z.number().min(0).max(1),
    prefixPaddingMs: z.number().int().min(0).max(2_000),
    silenceMs: z.number().int().min(200).max(5_000),
  }),
  z.object({ type: z.literal('semantic'), eagerness: z.enum(['low', 'medium', 'high', 'auto']) }),
  z.object({ type: z.literal('none') }),
]);
export type TurnDetection = z.infer<typeof TurnDetection>;

const fields = {
  answer: AnswerMode,
  /** Names it listens to beside its own (`agentName`), in mode `addressed`. */
  wakeNames: z.array(z.string().trim().min(1).max(40)).max(8),
  /** For so long after a reply a turn counts as addressed without a name. */
  followUpMs: z.number().int().min(0).max(60_000),
  turnDetection: TurnDetection,
  /** People may talk over the assistant; what is shorter than `minSpeechMs` (a cough, "mm-hm") does not stop it. */
  bargeIn: z.object({ enabled: z.boolean(), minSpeechMs: z.number().int().min(0).max(3_000) }),
  /** The assistant is paused when the session has cost so much; null: no limit. */
  costLimitUsd: z.number().positive().max(10_000).nullable(),
  /** What the assistant may have done for the room, and on whose word. */
  tools: ToolPolicies,
};

export const DEFAULT_CONVERSATION = {
  answer: 'always' as AnswerMode,
  wakeNames: [] as string[],
  followUpMs: 8_000,
  turnDetection: { type: 'server', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 } as TurnDetection,
  bargeIn: { enabled: true, minSpeechMs: 400 },
  costLimitUsd: null as number | null,
  tools: DEFAULT_TOOL_POLICIES,
};

/** How the assistant takes part. The owner may change all of it while people talk. */
export const ConversationSettings = z.object({
  ...fields,
  tools: ToolPolicies.default(DEFAULT_TOOL_POLICIES),
});
export type ConversationSettings = z.infer<typeof ConversationSettings>;

/** A change: what is absent stays. */
export const ConversationChange = z.strictObject(fields).partial();
export type ConversationChange = z.infer<typeof ConversationChange>;
