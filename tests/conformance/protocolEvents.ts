import type { RealtimeClientEvent, RealtimeServerEvent } from 'openai/resources/realtime/realtime';

/** `true`: an official client took part in it in this folder's tests. Otherwise why not. */
export type Coverage = true | string;

const WEBRTC =
  'WebRTC only, where the official clients need a browser: see browserCall.test.ts and calls.test.ts';
const MCP = 'MCP is not simulated';

/** Every event that the official types know from client to server. */
export const CLIENT_EVENTS: Readonly<Record<RealtimeClientEvent['type'], Coverage>> = {
  'conversation.item.create': true,
  'conversation.item.delete': true,
  'conversation.item.retrieve': true,
  'conversation.item.truncate': true,
  'input_audio_buffer.append': true,
  'input_audio_buffer.clear': true,
  'input_audio_buffer.commit': true,
  'output_audio_buffer.clear': WEBRTC,
  'response.cancel': true,
  'response.create': true,
  'session.update': true,
};

/** Every event that the official types know from server to client. */
export const SERVER_EVENTS: Readonly<Record<RealtimeServerEvent['type'], Coverage>> = {
  'conversation.created': 'GA sockets do not send it',
  'conversation.item.added': true,
  'conversation.item.created': 'beta name of conversation.item.added',
  'conversation.item.deleted': true,
  'conversation.item.done': true,
  'conversation.item.input_audio_transcription.completed': true,
  'conversation.item.input_audio_transcription.delta': true,
  'conversation.item.input_audio_transcription.failed': true,
  'conversation.item.input_audio_transcription.segment': 'no diarisation',
  'conversation.item.retrieved': true,
  'conversation.item.truncated': true,
  error: true,
  'input_audio_buffer.cleared': true,
  'input_audio_buffer.committed': true,
  'input_audio_buffer.dtmf_event_received': 'SIP only',
  'input_audio_buffer.speech_started': true,
  'input_audio_buffer.speech_stopped': true,
  'input_audio_buffer.timeout_triggered': true,
  'mcp_list_tools.completed': MCP,
  'mcp_list_tools.failed': MCP,
  'mcp_list_tools.in_progress': MCP,
  'output_audio_buffer.cleared': WEBRTC,
  'output_audio_buffer.started': WEBRTC,
  'output_audio_buffer.stopped': WEBRTC,
  'rate_limits.updated': true,
  'response.content_part.added': true,
  'response.content_part.done': true,
  'response.created': true,
  'response.done': true,
  'response.function_call_arguments.delta': true,
  'response.function_call_arguments.done': true,
  'response.mcp_call.completed': MCP,
  'response.mcp_call.failed': MCP,
  'response.mcp_call.in_progress': MCP,
  'response.mcp_call_arguments.delta': MCP,
  'response.mcp_call_arguments.done': MCP,
  'response.output_audio.delta': true,
  'response.output_audio.done': true,
  'response.output_audio_transcript.delta': true,
  'response.output_audio_transcript.done': true,
  'response.output_item.added': true,
  'response.output_item.done': true,
  'response.output_text.delta': true,
  'response.output_text.done': true,
  'session.created': true,
  'session.updated': true,
};
