import { z } from 'zod';
import { ClientItem, ItemId } from '../conversation/itemSchema.ts';
import {
  AudioFormat,
  MaxOutputTokens,
  OutputModalities,
  Prompt,
  Reasoning,
  Tool,
  ToolChoice,
  Voice,
} from '../session/sessionSchema.ts';

const ItemReference = z.strictObject({ type: z.literal('item_reference'), id: ItemId });

/** `response.create`: what one response may have different from its session. */
export const ResponseParams = z.strictObject({
  conversation: z.enum(['auto', 'none']).default('auto'),
  input: z.array(z.union([ItemReference, ClientItem])).optional(),
  instructions: z.string().optional(),
  output_modalities: OutputModalities.optional(),
  audio: z
    .strictObject({
      output: z.strictObject({ format: AudioFormat.optional(), voice: Voice.optional() }).optional(),
    })
    .optional(),
  tools: z.array(Tool).max(128).optional(),
  tool_choice: ToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: Reasoning.optional(),
  max_output_tokens: MaxOutputTokens.optional(),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((metadata) => Object.keys(metadata).length <= 16, 'at most 16 pairs')
    .nullable()
    .optional(),
  prompt: Prompt.nullable().optional(),
});
export type ResponseParams = z.infer<typeof ResponseParams>;
