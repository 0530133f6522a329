import { EventEmitter } from 'node:events';
import { beforeEach, expect, test } from 'vitest';
import type { LinkEvents } from '../room/ports.ts';
import { readServerEvent } from './protocol.ts';
import { report } from './report.ts';

let told: [string, unknown][];
const to = new EventEmitter<LinkEvents>();
const NAMES = [
  'speechStarted',
  'speechStopped',
  'committed',
  'transcriptDelta',
  'transcriptCompleted',
  'transcriptFailed',
  'responseCreated',
  'audioDelta',
  'replyTranscriptDelta',
  'replyTranscriptDone',
  'toolCalled',
  'responseDone',
] as const;
for (const name of NAMES) to.on(name, (fact: unknown) => void told.push([name, fact]));

beforeEach(() => {
  told = [];
});

/** What the room hears of a server's message. */
function tell(message: object | string): [string, unknown][] {
  const reading = readServerEvent(typeof message === 'string' ? message : JSON.stringify(message));
  if (reading.kind === 'event') report(reading.event, to);
  return told;
}

const kindOf = (message: object | string) =>
  readServerEvent(typeof message === 'string' ? message : JSON.stringify(message)).kind;

test.each([
  [
    { type: 'input_audio_buffer.speech_started', audio_start_ms: 120, item_id: 'i' },
    'speechStarted',
    { itemId: 'i', atMs: 120 },
  ],
  [
    { type: 'input_audio_buffer.speech_stopped', audio_end_ms: 900, item_id: 'i' },
    'speechStopped',
    { itemId: 'i', atMs: 900 },
  ],
  [
    { type: 'input_audio_buffer.committed', item_id: 'i', previous_item_id: null },
    'committed',
    { itemId: 'i' },
  ],
  [
    {
      type: 'conversation.item.input_audio_transcription.delta',
      item_id: 'i',
      content_index: 0,
      delta: 'Hel',
    },
    'transcriptDelta',
    { itemId: 'i', delta: 'Hel' },
  ],
  [
    { type: 'conversation.item.input_audio_transcription.completed', item_id: 'i', transcript: 'Hello.' },
    'transcriptCompleted',
    { itemId: 'i', text: 'Hello.' },
  ],
  [
    { type: 'conversation.item.input_audio_transcription.failed', item_id: 'i', error: { message: 'No.' } },
    'transcriptFailed',
    { itemId: 'i', message: 'No.' },
  ],
  [
    { type: 'response.created', response: { id: 'r', status: 'in_progress' } },
    'responseCreated',
    { responseId: 'r' },
  ],
  [
    { type: 'response.output_audio.delta', response_id: 'r', item_id: 'i', content_index: 1, delta: 'AQA=' },
    'audioDelta',
    { responseId: 'r', itemId: 'i', contentIndex: 1, pcm: Int16Array.of(1) },
  ],
  [
    { type: 'response.output_audio_transcript.delta', response_id: 'r', item_id: 'i', delta: 'It' },
    'replyTranscriptDelta',
    { responseId: 'r', itemId: 'i', delta: 'It' },
  ],
  [
    { type: 'response.output_audio_transcript.done', response_id: 'r', item_id: 'i', transcript: 'It is.' },
    'replyTranscriptDone',
    { responseId: 'r', itemId: 'i', text: 'It is.' },
  ],
  [
    { type: 'response.output_text.done', response_id: 'r', item_id: 'i', text: 'It is.' },
    'replyTranscriptDone',
    { responseId: 'r', itemId: 'i', text: 'It is.' },
  ],
  [
    {
      type: 'response.output_item.done',
      response_id: 'r',
      item: { type: 'function_call', status: 'completed', call_id: 'c', name: 'code', arguments: '{}' },
    },
    'toolCalled',
    { responseId: 'r', callId: 'c', name: 'code', arguments: '{}' },
  ],
])('%j', (message, name, fact) => {
  expect(tell({ event_id: 'e', ...message, new_field: 1 })).toEqual([[name, fact]]);
});

test('a call that was cut off is no call', () => {
  const item = { type: 'function_call', status: 'incomplete', call_id: 'c', name: 'code', arguments: '{"ta' };
  expect(tell({ type: 'response.output_item.done', response_id: 'r', item })).toEqual([]);
  expect(
    tell({
      type: 'response.output_item.done',
      response_id: 'r',
      item: { type: 'message', role: 'assistant' },
    }),
  ).toEqual([]);
});

test('response.done with usage, with an error, with a reason, with next to nothing', () => {
  const done = (response: object) => {
    told = [];
    return tell({ type: 'response.done', response })[0]?.[1];
  };
  const usage = {
    input_tokens: 100,
    output_tokens: 50,
    input_token_details: { text_tokens: 30, audio_tokens: 70, cached_tokens: 20, image_tokens: 0 },
    output_token_details: { text_tokens: 10, audio_tokens: 40 },
  };
  expect(done({ id: 'r', status: 'completed', status_details: null, usage })).toEqual({
    responseId: 'r',
    status: 'completed',
    error: undefined,
    usage: {
      inputTextTokens: 30,
      inputAudioTokens: 70,
      cachedTokens: 20,
      outputTextTokens: 10,
      outputAudioTokens: 40,
    },
  });
  expect(done({ id: 'r', status: 'completed', usage: { input_tokens: 5, output_tokens: 6 } })).toMatchObject({
    usage: { inputTextTokens: 5, inputAudioTokens: 0, outputTextTokens: 6 },
  });
  const error = { type: 'server_error', code: 'rate_limit_exceeded', message: 'Slow down.' };
  expect(done({ id: 'r', status: 'failed', status_details: { type: 'failed', error } })).toMatchObject({
    status: 'failed',
    error: { code: 'rate_limit_exceeded', message: 'Slow down.' },
  });
  expect(done({ id: 'r', status: 'incomplete', status_details: { reason: 'content_filter' } })).toMatchObject(
    {
      error: { code: 'content_filter' },
    },
  );
  expect(done({ id: 'r', status: 'quantum', usage: 'many', status_details: 7 })).toEqual({
    responseId: 'r',
    status: 'incomplete',
    error: undefined,
    usage: undefined,
  });
});

test('what is unknown is no error, what is broken is', () => {
  expect(kindOf({ type: 'rate_limits.updated', rate_limits: [] })).toBe('unknown');
  expect(kindOf({ type: 'toString' })).toBe('unknown');
  expect(kindOf({ type: '__proto__' })).toBe('unknown');
  expect(kindOf({ type: 'session.updated', event_id: 7 })).toBe('event');
  for (const text of ['', '{', 'null', '[]', '7', '{}', '{"type":7}', '{"type":"response.done"}'])
    expect(kindOf(text)).toBe('malformed');
  expect(kindOf({ type: 'input_audio_buffer.speech_started', item_id: 'i', audio_start_ms: -1 })).toBe(
    'malformed',
  );
  expect(kindOf({ type: 'input_audio_buffer.committed', item_id: 'x'.repeat(1_000) })).toBe('malformed');
  expect(kindOf({ type: 'error' })).toBe('malformed');
});

test('audio that is no audio is refused', () => {
  const reading = readServerEvent(
    JSON.stringify({ type: 'response.output_audio.delta', response_id: 'r', item_id: 'i', delta: '%%%' }),
  );
  expect(reading.kind === 'event' && report(reading.event, to)).toBe(false);
  expect(told).toEqual([]);
});
