import { z } from 'zod';
import { ResponseParams } from '../response/responseParams.ts';
import { parseField, ProtocolError } from './ProtocolError.ts';

const EventId = z.string().max(512).optional();
const ItemId = z.string().min(1);

/** Everything a client may send. What a session or an item holds is read where it is used. */
const SCHEMAS = {
  'session.update': z.strictObject({
    type: z.literal('session.update'),
    event_id: EventId,
    session: z.record(z.string(), z.unknown()),
  }),
  'input_audio_buffer.append': z.strictObject({
    type: z.literal('input_audio_buffer.append'),
    event_id: EventId,
    audio: z.string(),
  }),
  'input_audio_buffer.commit': z.strictObject({
    type: z.literal('input_audio_buffer.commit'),
    event_id: EventId,
  }),
  'input_audio_buffer.clear': z.strictObject({
    type: z.literal('input_audio_buffer.clear'),
    event_id: EventId,
  }),
  'output_audio_buffer.clear': z.strictObject({
    type: z.literal('output_audio_buffer.clear'),
    event_id: EventId,
  }),
  'conversation.item.create': z.strictObject({
    type: z.literal('conversation.item.create'),
    event_id: EventId,
    previous_item_id: z.string().nullable().optional(),
    item: z.record(z.string(), z.unknown()),
  }),
  'conversation.item.retrieve': z.strictObject({
    type: z.literal('conversation.item.retrieve'),
    event_id: EventId,
    item_id: ItemId,
  }),
  'conversation.item.truncate': z.strictObject({
    type: z.literal('conversation.item.truncate'),
    event_id: EventId,
    item_id: ItemId,
    content_index: z.int().min(0),
    audio_end_ms: z.int().min(0),
  }),
  'conversation.item.delete': z.strictObject({
    type: z.literal('conversation.item.delete'),
    event_id: EventId,
    item_id: ItemId,
  }),
  'response.create': z.strictObject({
    type: z.literal('response.create'),
    event_id: EventId,
    response: ResponseParams.nullable().optional(),
  }),
  'response.cancel': z.strictObject({
    type: z.literal('response.cancel'),
    event_id: EventId,
    response_id: z.string().optional(),
  }),
} as const;

type ClientEventType = keyof typeof SCHEMAS;
export type ClientEvent = { [Type in ClientEventType]: z.output<(typeof SCHEMAS)[Type]> }[ClientEventType];

/** The JSON object in a message. Throws ProtocolError. */
export function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolError('invalid_json', 'The event is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ProtocolError('invalid_type', 'An event must be a JSON object.');
  return value as Record<string, unknown>;
}

/** Checks the fields of an event. Throws ProtocolError about the first wrong one. */
export function readClientEvent(event: Record<string, unknown>): ClientEvent {
  const { type } = event;
  if (typeof type !== 'string') throw parseTypeError(type);
  if (!Object.hasOwn(SCHEMAS, type)) {
    const supported = Object.keys(SCHEMAS)
      .map((name) => `'${name}'`)
      .join(', ');
    throw new ProtocolError(
      'invalid_value',
      `Invalid value: '${type.slice(0, 100)}'. Supported values are: ${supported}.`,
      'type',
    );
  }
  return parseField(SCHEMAS[type as ClientEventType], event, '');
}

function parseTypeError(type: unknown): ProtocolError {
  if (type === undefined)
    return new ProtocolError('missing_required_parameter', "Missing required parameter: 'type'.", 'type');
  return new ProtocolError('invalid_type', "Invalid type for 'type': expected a string.", 'type');
}
