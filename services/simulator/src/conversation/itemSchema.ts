import { z } from 'zod';
import { decodeAudio } from '../protocol/audioFormat.ts';
import { newId } from '../protocol/ids.ts';
import { parseField, ProtocolError } from '../protocol/ProtocolError.ts';
import type { AudioFormat } from '../session/sessionSchema.ts';
import { audioPart, type Item, type MessageItem, type Part } from './items.ts';

/** The provider's own limits on the IDs that clients choose. */
export const ItemId = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[a-zA-Z0-9_-]+$/);

const head = {
  id: ItemId.optional(),
  object: z.literal('realtime.item').optional(),
  status: z.enum(['completed', 'incomplete', 'in_progress']).optional(),
};
const InputText = z.strictObject({ type: z.literal('input_text'), text: z.string() });
const InputAudio = z.strictObject({
  type: z.literal('input_audio'),
  audio: z.string(),
  transcript: z.string().nullable().optional(),
});
const InputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: z.string().regex(/^data:image\/(png|jpeg);base64,/, 'expected a PNG or JPEG data URI'),
  detail: z.enum(['auto', 'low', 'high']).default('auto'),
});
const OutputText = z.strictObject({ type: z.literal('output_text'), text: z.string() });

const message = { type: z.literal('message'), ...head };
const Message = z.discriminatedUnion('role', [
  z.strictObject({ ...message, role: z.literal('system'), content: z.array(InputText).min(1) }),
  z.strictObject({
    ...message,
    role: z.literal('user'),
    content: z.array(z.discriminatedUnion('type', [InputText, InputAudio, InputImage])).min(1),
  }),
  z.strictObject({ ...message, role: z.literal('assistant'), content: z.array(OutputText).min(1) }),
]);
const FunctionCall = z.strictObject({
  type: z.literal('function_call'),
  ...head,
  call_id: z.string().min(1).optional(),
  name: z.string().min(1),
  arguments: z.string(),
});
const FunctionCallOutput = z.strictObject({
  type: z.literal('function_call_output'),
  ...head,
  call_id: z.string().min(1),
  output: z.string(),
});
const Mcp = z.looseObject({
  type: z.enum(['mcp_approval_response', 'mcp_list_tools', 'mcp_call', 'mcp_approval_request']),
  id: ItemId.optional(),
});
export const ClientItem = z.discriminatedUnion('type', [Message, FunctionCall, FunctionCallOutput, Mcp]);
type ClientItem = z.infer<typeof ClientItem>;

/** Reads an item that a client gives. `format` is what its audio is in. Throws ProtocolError. */
export function readItem(input: unknown, format: AudioFormat, param = 'item'): Item {
  const item: ClientItem = parseField(ClientItem, input, param);
  const id = item.id ?? newId('item');
  switch (item.type) {
    case 'message': {
      const content = item.content.map((part, i) => readPart(part, format, `${param}.content[${i}]`));
      const message: MessageItem = { id, type: 'message', role: item.role, status: 'completed', content };
      return message;
    }
    case 'function_call':
      return {
        id,
        type: 'function_call',
        status: 'completed',
        call_id: item.call_id ?? newId('call'),
        name: item.name,
        arguments: item.arguments,
      };
    case 'function_call_output':
      return {
        id,
        type: 'function_call_output',
        status: 'completed',
        call_id: item.call_id,
        output: item.output,
      };
    default:
      return { ...item, id };
  }
}

type ClientPart = Extract<ClientItem, { type: 'message' }>['content'][number];

function readPart(part: ClientPart, format: AudioFormat, param: string): Part {
  if (part.type !== 'input_audio') return part;
  const samples = decodeAudio(part.audio, format, `${param}.audio`);
  if (samples.length === 0) throw new ProtocolError('invalid_value', 'The audio is empty.', `${param}.audio`);
  return audioPart('input_audio', samples, part.transcript ?? null);
}
