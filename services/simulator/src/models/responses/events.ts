import { newId } from '../../protocol/ids.ts';
import { piecesOf, type StreamEvent } from '../EventStream.ts';
import type { Answer, AnswerError } from '../question.ts';
import type { ResponsesBody } from './request.ts';

type Status = 'in_progress' | 'completed' | 'failed';
type OutputItem = Record<string, unknown> & { id: string };

/** Makes the response object and the events of one answer to `POST /v1/responses` (S93). */
export class ResponseBuilder {
  readonly #body: ResponsesBody;
  readonly #answer: Answer;
  readonly #id = newId('resp');
  readonly #createdAt = Math.floor(Date.now() / 1000);
  readonly #items: OutputItem[];

  constructor(body: ResponsesBody, answer: Answer) {
    this.#body = body;
    this.#answer = answer;
    const text = answer.text ? [messageItem(answer.text)] : [];
    this.#items = [...text, ...answer.calls.map(callItem)];
  }

  /** The whole, as it is without a stream. */
  response(status: Status = 'completed', output: readonly object[] = this.#items): object {
    const { input, output: written } = this.#answer.usage;
    const { instructions, model, tools, tool_choice, metadata, temperature, top_p, text } = this.#body;
    return {
      id: this.#id,
      object: 'response',
      created_at: this.#createdAt,
      status,
      background: false,
      error: null,
      incomplete_details: null,
      instructions: instructions ?? null,
      max_output_tokens: null,
      model,
      output,
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      store: false,
      temperature: temperature ?? 1,
      text: text ?? { format: { type: 'text' } },
      tool_choice: tool_choice ?? 'auto',
      tools: tools ?? [],
      top_p: top_p ?? 1,
      truncation: 'disabled',
      usage:
        status === 'completed'
          ? {
              input_tokens: input,
              input_tokens_details: { cached_tokens: 0 },
              output_tokens: written,
              output_tokens_details: { reasoning_tokens: 0 },
              total_tokens: input + written,
            }
          : null,
      user: null,
      metadata: metadata ?? {},
    };
  }

  *events(): Generator<StreamEvent> {
    let sequence = 0;
    const event = (type: string, data: object, piece = false): StreamEvent => ({
      event: type,
      data: { type, sequence_number: sequence++, ...data },
      piece,
    });
    yield event('response.created', { response: this.response('in_progress', []) });
    yield event('response.in_progress', { response: this.response('in_progress', []) });
    const { midway } = this.#answer;
    if (midway) {
      const response = { ...this.response('failed', []), error: failure(midway) };
      yield event('response.failed', { response });
      return;
    }
    for (const [index, item] of this.#items.entries())
      for (const { type, data, piece } of itemEvents(item, index)) yield event(type, data, piece);
    yield event('response.completed', { response: this.response() });
  }
}

const failure = ({ code, message }: AnswerError) => ({
  code: code ?? 'server_error',
  message: message ?? 'The server had an error while processing your request.',
});

const messageItem = (text: string): OutputItem => ({
  id: newId('msg'),
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});

const callItem = (call: { name: string; arguments: string }): OutputItem => ({
  id: newId('fc'),
  type: 'function_call',
  status: 'completed',
  call_id: newId('call'),
  ...call,
});

interface ItemEvent {
  type: string;
  data: object;
  piece?: boolean;
}

function* itemEvents(item: OutputItem, output_index: number): Generator<ItemEvent> {
  const at = { item_id: item.id, output_index };
  const begun =
    item['type'] === 'message'
      ? { ...item, status: 'in_progress', content: [] }
      : { ...item, status: 'in_progress', arguments: '' };
  yield { type: 'response.output_item.added', data: { output_index, item: begun } };
  if (item['type'] === 'message') yield* textEvents(item, at);
  else {
    const text = String(item['arguments']);
    for (const delta of piecesOf(text))
      yield { type: 'response.function_call_arguments.delta', data: { ...at, delta }, piece: true };
    yield {
      type: 'response.function_call_arguments.done',
      data: { ...at, name: item['name'], arguments: text },
    };
  }
  yield { type: 'response.output_item.done', data: { output_index, item } };
}

function* textEvents(item: OutputItem, place: object): Generator<ItemEvent> {
  const at = { ...place, content_index: 0 };
  const [part] = item['content'] as [{ text: string }];
  const empty = { ...part, text: '' };
  yield { type: 'response.content_part.added', data: { ...at, part: empty } };
  for (const delta of piecesOf(part.text))
    yield { type: 'response.output_text.delta', data: { ...at, delta, logprobs: [] }, piece: true };
  yield { type: 'response.output_text.done', data: { ...at, text: part.text, logprobs: [] } };
  yield { type: 'response.content_part.done', data: { ...at, part } };
}
