import { z } from 'zod';

/**
 * What a server says in the GA Realtime protocol, as far as a link uses it. Fields that nobody here reads are left out:
 * a server may add, and leave away, what it likes.
 */
const id = z.string().min(1).max(256);
const words = z.string().max(200_000);
const contentIndex = z.number().int().min(0).max(1_000).catch(0).default(0);
const ms = z.number().min(0);
const count = z.number().int().min(0).nullish().catch(0);
const details = z
  .object({
    text_tokens: count,
    audio_tokens: count,
    cached_tokens: count,
    cached_tokens_details: z.object({ audio_tokens: count }).nullish().catch(null),
  })
  .nullish()
  .catch(null);

const ofItem = z.object({ item_id: id });
const ofResponse = z.object({ response_id: id });
const ofReply = z.object({ response_id: id, item_id: id });

const Usage = z
  .object({
    input_tokens: count,
    output_tokens: count,
    input_token_details: details,
    output_token_details: details,
  })
  .nullish()
  .catch(null);
export type Usage = z.infer<typeof Usage>;

const Trouble = z.object({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().max(20_000).nullish(),
  param: z.string().nullish(),
  event_id: z.string().nullish(),
});

const metadata = z.record(z.string(), z.string()).nullish().catch(null);

const Response = z.object({
  id,
  metadata,
  status: z.enum(['in_progress', 'completed', 'cancelled', 'failed', 'incomplete']).catch('incomplete'),
  status_details: z
    .object({ reason: z.string().nullish(), error: Trouble.nullish().catch(null) })
    .nullish()
    .catch(null),
  usage: Usage,
});
export type Response = z.infer<typeof Response>;

/**
 * Only calls matter here. They are taken from the finished item, not from `response.function_call_arguments.done`:
 * that one comes for a call that was cancelled in the middle too, with half of its arguments.
 */
const OutputItem = z.object({
  type: z.string(),
  status: z.string().nullish(),
  call_id: id.nullish(),
  name: z.string().min(1).max(256).nullish(),
  arguments: words.nullish(),
});

const textDelta = ofReply.extend({ delta: words });
const textDone = ofReply.extend({ transcript: words });

const SERVER_EVENTS = {
  error: z.object({ error: Trouble }),
  /** `expires_at`: seconds since the epoch. Not in the published types, but on the wire. */
  'session.created': z.object({
    session: z.object({ expires_at: z.number().nullish().catch(null) }).catch({}),
  }),
  'session.updated': z.object({}),
  'input_audio_buffer.speech_started': ofItem.extend({ audio_start_ms: ms }),
  'input_audio_buffer.speech_stopped': ofItem.extend({ audio_end_ms: ms }),
  'input_audio_buffer.committed': ofItem,
  'conversation.item.input_audio_transcription.delta': ofItem.extend({ delta: words.default('') }),
  'conversation.item.input_audio_transcription.completed': ofItem.extend({ transcript: words }),
  'conversation.item.input_audio_transcription.failed': ofItem.extend({ error: Trouble }),
  'response.created': z.object({ response: z.object({ id, metadata }) }),
  'response.output_audio.delta': ofReply.extend({ content_index: contentIndex, delta: z.string() }),
  'response.output_audio_transcript.delta': textDelta,
  'response.output_audio_transcript.done': textDone,
  'response.output_text.delta': textDelta,
  'response.output_text.done': ofReply.extend({ text: words }),
  'response.output_item.done': z.object({ response_id: id, item: OutputItem }),
  'response.done': z.object({ response: Response }),
  'response.content_part.added': ofReply.extend({
    content_index: contentIndex,
    part: z.object({ type: z.string() }),
  }),
  'output_audio_buffer.started': ofResponse,
  'output_audio_buffer.stopped': ofResponse,
  'output_audio_buffer.cleared': ofResponse,
} as const;

type Known = keyof typeof SERVER_EVENTS;
export type ServerEvent = { [T in Known]: { type: T } & z.infer<(typeof SERVER_EVENTS)[T]> }[Known];

export type Reading =
  | { kind: 'event'; eventId: string | undefined; event: ServerEvent }
  /** A type that this link does not use: not an error. */
  | { kind: 'unknown'; type: string }
  | { kind: 'malformed'; why: string };

const Envelope = z.looseObject({
  type: z.string().max(128),
  event_id: z.string().max(256).optional().catch(undefined),
});

const isKnown = (type: string): type is Known => Object.hasOwn(SERVER_EVENTS, type);

/** Reads one message of a server. Never throws. */
export function readServerEvent(text: string): Reading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'malformed', why: 'not JSON' };
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return { kind: 'malformed', why: 'no type' };
  const { type, event_id: eventId } = envelope.data;
  if (!isKnown(type)) return { kind: 'unknown', type };
  const body = SERVER_EVENTS[type].safeParse(json);
  if (!body.success) {
    const issue = body.error.issues[0];
    return { kind: 'malformed', why: `${type}: ${issue?.path.join('.')} ${issue?.message}` };
  }
  return { kind: 'event', eventId, event: { type, ...body.data } as ServerEvent };
}
