import type { EventEmitter } from 'node:events';
import type { LinkEvents, LinkUsage, ResponseDone } from '../room/ports.ts';
import { decodePcm } from './pcm.ts';
import type { Response, ServerEvent, Usage } from './protocol.ts';

/** Says a server's event in the room's words. False when the event turned out to be unusable. */
export function report(event: ServerEvent, to: EventEmitter<LinkEvents>): boolean {
  switch (event.type) {
    case 'input_audio_buffer.speech_started':
      to.emit('speechStarted', { itemId: event.item_id, atMs: event.audio_start_ms });
      break;
    case 'input_audio_buffer.speech_stopped':
      to.emit('speechStopped', { itemId: event.item_id, atMs: event.audio_end_ms });
      break;
    case 'input_audio_buffer.committed':
      to.emit('committed', { itemId: event.item_id });
      break;
    case 'conversation.item.input_audio_transcription.delta':
      to.emit('transcriptDelta', { itemId: event.item_id, delta: event.delta });
      break;
    case 'conversation.item.input_audio_transcription.completed':
      to.emit('transcriptCompleted', { itemId: event.item_id, text: event.transcript });
      break;
    case 'conversation.item.input_audio_transcription.failed':
      to.emit('transcriptFailed', {
        itemId: event.item_id,
        message: event.error.message ?? 'No reason given',
      });
      break;
    case 'response.created':
      to.emit('responseCreated', { responseId: event.response.id });
      break;
    case 'response.output_audio.delta': {
      const pcm = decodePcm(event.delta);
      if (!pcm) return false;
      const { response_id: responseId, item_id: itemId, content_index: contentIndex } = event;
      to.emit('audioDelta', { responseId, itemId, contentIndex, pcm });
      break;
    }
    case 'response.output_audio_transcript.delta':
    case 'response.output_text.delta':
      to.emit('replyTranscriptDelta', {
        responseId: event.response_id,
        itemId: event.item_id,
        delta: event.delta,
      });
      break;
    case 'response.output_audio_transcript.done':
    case 'response.output_text.done': {
      const text = 'text' in event ? event.text : event.transcript;
      to.emit('replyTranscriptDone', { responseId: event.response_id, itemId: event.item_id, text });
      break;
    }
    case 'response.output_item.done': {
      const { type, status, call_id: callId, name, arguments: args } = event.item;
      if (type !== 'function_call' || status === 'incomplete') break;
      if (!callId || !name) return false;
      to.emit('toolCalled', { responseId: event.response_id, callId, name, arguments: args ?? '' });
      break;
    }
    case 'response.done':
      to.emit('responseDone', readDone(event.response));
      break;
    // For a link whose audio does not come in events.
    case 'response.content_part.added':
    case 'output_audio_buffer.started':
    case 'output_audio_buffer.stopped':
    case 'output_audio_buffer.cleared':
    case 'error':
    case 'session.created':
    case 'session.updated':
      break;
  }
  return true;
}

/** The end of a response in the room's words. */
export function readDone({ id, status, status_details: details, usage }: Response): ResponseDone {
  const error = details?.error;
  const said = error
    ? { code: error.code ?? error.type ?? 'unknown', message: error.message ?? 'No reason given' }
    : undefined;
  const reason = details?.reason ? { code: details.reason, message: details.reason } : undefined;
  // A response that is said to be done is not in progress, whatever its status field still claims.
  return {
    responseId: id,
    status: status === 'in_progress' ? 'completed' : status,
    error: said ?? reason,
    usage: readUsage(usage),
  };
}

function readUsage(usage: Usage): LinkUsage | undefined {
  if (!usage) return undefined;
  const { input_token_details: input, output_token_details: output } = usage;
  const cachedAudio = input?.cached_tokens_details?.audio_tokens;
  return {
    inputTextTokens: (input ? input.text_tokens : usage.input_tokens) ?? 0,
    inputAudioTokens: input?.audio_tokens ?? 0,
    cachedTokens: input?.cached_tokens ?? 0,
    outputTextTokens: (output ? output.text_tokens : usage.output_tokens) ?? 0,
    outputAudioTokens: output?.audio_tokens ?? 0,
    ...(typeof cachedAudio === 'number' ? { cachedAudioTokens: cachedAudio } : {}),
  };
}
