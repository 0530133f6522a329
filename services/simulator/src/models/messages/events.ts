import { newId } from '../../protocol/ids.ts';
import { piecesOf, type StreamEvent } from '../EventStream.ts';
import { parseArguments } from '../parseArguments.ts';
import type { Answer } from '../question.ts';
import { MessagesError } from './MessagesError.ts';

/** The answer to `POST /v1/messages` as one object. */
export function message(model: string, answer: Answer): object {
  const text = answer.text ? [{ type: 'text', text: answer.text, citations: null }] : [];
  const calls = answer.calls.map((call) => ({
    type: 'tool_use',
    id: newId('toolu'),
    name: call.name,
    input: parseArguments(call.arguments),
  }));
  return {
    ...begun(model, answer),
    content: [...text, ...calls],
    stop_reason: stopReason(answer),
    usage: usage(answer),
  };
}

/** The same as a stream (S94). */
export function* messageEvents(model: string, answer: Answer): Generator<StreamEvent> {
  const event = (type: string, data: object = {}, piece = false): StreamEvent => ({
    event: type,
    data: { type, ...data },
    piece,
  });
  yield event('message_start', { message: begun(model, answer) });
  yield event('ping');
  if (answer.midway) {
    const { status, message: words, type } = answer.midway;
    yield { event: 'error', data: new MessagesError(status, words, type).body() };
    return;
  }
  let index = 0;
  if (answer.text) {
    yield event('content_block_start', { index, content_block: { type: 'text', text: '' } });
    for (const text of piecesOf(answer.text))
      yield event('content_block_delta', { index, delta: { type: 'text_delta', text } }, true);
    yield event('content_block_stop', { index });
    index += 1;
  }
  for (const call of answer.calls) {
    const content_block = { type: 'tool_use', id: newId('toolu'), name: call.name, input: {} };
    yield event('content_block_start', { index, content_block });
    for (const partial_json of piecesOf(call.arguments))
      yield event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } }, true);
    yield event('content_block_stop', { index });
    index += 1;
  }
  yield event('message_delta', {
    delta: { stop_reason: stopReason(answer), stop_sequence: null },
    usage: { output_tokens: answer.usage.output },
  });
  yield event('message_stop');
}

const stopReason = ({ calls }: Answer) => (calls.length > 0 ? 'tool_use' : 'end_turn');

const begun = (model: string, answer: Answer) => ({
  id: newId('msg'),
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { ...usage(answer), output_tokens: Math.min(1, answer.usage.output) },
});

const usage = ({ usage: { input, output } }: Answer) => ({
  input_tokens: input,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: output,
});
