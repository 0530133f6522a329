import { z } from 'zod';
import { VOICE_NAMES } from '../speech/voices.ts';

/** The fields of a session as a client may give them. Unknown ones are refused, `temperature` among them (S12). */

export const AudioFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).default(24_000) }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
]);
export type AudioFormat = z.infer<typeof AudioFormat>;

export const Voice = z.union([z.enum(VOICE_NAMES), z.strictObject({ id: z.string().min(1) })]);
export const OutputModalities = z
  .array(z.enum(['text', 'audio']))
  .length(1, 'expected either ["text"] or ["audio"]');
export const MaxOutputTokens = z.union([z.literal('inf'), z.int().min(1).max(4096)]);
export const Reasoning = z.strictObject({
  effort: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
});
export const Prompt = z.looseObject({ id: z.string().min(1) });

const FunctionTool = z.strictObject({
  type: z.literal('function'),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});
const McpTool = z.looseObject({ type: z.literal('mcp'), server_label: z.string().min(1) });
export const Tool = z.discriminatedUnion('type', [FunctionTool, McpTool]);
export type Tool = z.infer<typeof Tool>;
export type FunctionTool = z.infer<typeof FunctionTool>;

export const ToolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.strictObject({ type: z.literal('function'), name: z.string() }),
  z.looseObject({ type: z.literal('mcp'), server_label: z.string() }),
]);
export type ToolChoice = z.infer<typeof ToolChoice>;

const Transcription = z.strictObject({
  model: z.string().min(1).optional(),
  language: z.string().optional(),
  languages: z.array(z.string()).optional(),
  prompt: z.string().max(1024).optional(),
  keywords: z.array(z.string()).optional(),
  delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
});
export type Transcription = z.infer<typeof Transcription>;

const answering = { create_response: z.boolean().optional(), interrupt_response: z.boolean().optional() };
const ServerVad = z.strictObject({
  type: z.literal('server_vad'),
  threshold: z.number().min(0).max(1).optional(),
  prefix_padding_ms: z.int().min(0).max(10_000).optional(),
  silence_duration_ms: z.int().min(0).max(60_000).optional(),
  idle_timeout_ms: z.int().min(1).nullable().optional(),
  ...answering,
});
const SemanticVad = z.strictObject({
  type: z.literal('semantic_vad'),
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
  ...answering,
});
const TurnDetectionUpdate = z.discriminatedUnion('type', [ServerVad, SemanticVad]);
export type TurnDetectionUpdate = z.infer<typeof TurnDetectionUpdate>;
export type TurnDetection = Required<z.infer<typeof ServerVad>> | Required<z.infer<typeof SemanticVad>>;

const Input = z.strictObject({
  format: AudioFormat.optional(),
  noise_reduction: z
    .strictObject({
      type: z.enum(['near_field', 'far_field']).optional(),
      strength: z.number().min(0).optional(),
    })
    .nullable()
    .optional(),
  transcription: Transcription.nullable().optional(),
  turn_detection: TurnDetectionUpdate.nullable().optional(),
});
const Output = z.strictObject({
  format: AudioFormat.optional(),
  voice: Voice.optional(),
  speed: z.number().min(0.25).max(1.5).optional(),
});
const Include = z.array(z.enum(['item.input_audio_transcription.logprobs'])).nullable();
const Tracing = z
  .union([
    z.literal('auto'),
    z.strictObject({
      workflow_name: z.string().optional(),
      group_id: z.string().optional(),
      metadata: z.unknown().optional(),
    }),
  ])
  .nullable();
const Truncation = z.union([
  z.enum(['auto', 'disabled']),
  z.strictObject({
    type: z.literal('retention_ratio'),
    retention_ratio: z.number().min(0).max(1),
    token_limits: z.strictObject({ post_instructions: z.int().min(0).optional() }).optional(),
  }),
]);

export const RealtimeFields = z.strictObject({
  type: z.literal('realtime'),
  model: z.string().min(1).optional(),
  instructions: z.string().optional(),
  output_modalities: OutputModalities.optional(),
  tools: z.array(Tool).max(128).optional(),
  tool_choice: ToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: Reasoning.optional(),
  max_output_tokens: MaxOutputTokens.optional(),
  tracing: Tracing.optional(),
  truncation: Truncation.optional(),
  include: Include.optional(),
  prompt: Prompt.nullable().optional(),
  audio: z.strictObject({ input: Input.optional(), output: Output.optional() }).optional(),
});
export type SessionFields = z.infer<typeof RealtimeFields>;

export const TranscriptionFields = z.strictObject({
  type: z.literal('transcription'),
  include: Include.optional(),
  audio: z.strictObject({ input: Input.optional() }).optional(),
});

const Typed = z.looseObject({ type: z.string() });

/** The schema that fits the `type` of what was given. */
export function sessionSchemaFor(input: unknown) {
  const typed = Typed.safeParse(input);
  return typed.data?.type === 'transcription' ? TranscriptionFields : RealtimeFields;
}
