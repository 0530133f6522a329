import { SAMPLE_RATE, type TurnDetection } from '@parley/contract';
import type { LinkCall, LinkChange, LinkItem, LinkSettings, ToolDefinition } from '../room/ports.ts';

/** What we say to a Realtime server: plain objects, ready for JSON. */
export type ClientEvent = { type: string; event_id?: string } & Record<string, unknown>;

const PCM = { type: 'audio/pcm', rate: SAMPLE_RATE };

/**
 * The room decides when the assistant speaks: the server's VAD only tells of speech (`create_response` and
 * `interrupt_response` off). No noise reduction: the browsers have done theirs on each voice of the mix.
 */
export function sessionUpdate(settings: LinkSettings, transcriptionModel: string): ClientEvent {
  return {
    type: 'session.update',
    session: {
      type: 'realtime',
      instructions: settings.instructions,
      output_modalities: ['audio'],
      tools: functions(settings.tools),
      tool_choice: 'auto',
      audio: {
        input: {
          format: PCM,
          noise_reduction: null,
          transcription: { model: transcriptionModel },
          turn_detection: turnDetection(settings.turnDetection),
        },
        output: { format: PCM, voice: settings.voice },
      },
    },
  };
}

/** Only what changes: the rest of the session stays as it is. */
export const sessionChange = ({ tools, turnDetection: wanted }: LinkChange): ClientEvent => ({
  type: 'session.update',
  session: {
    type: 'realtime',
    ...(tools && { tools: functions(tools) }),
    ...(wanted && { audio: { input: { turn_detection: turnDetection(wanted) } } }),
  },
});

const functions = (tools: readonly ToolDefinition[]) => tools.map((tool) => ({ type: 'function', ...tool }));

/** Null: turns are committed by hand. */
function turnDetection(wanted: TurnDetection): Record<string, unknown> | null {
  const silent = { create_response: false, interrupt_response: false };
  switch (wanted.type) {
    case 'server':
      return {
        type: 'server_vad',
        threshold: wanted.threshold,
        prefix_padding_ms: wanted.prefixPaddingMs,
        silence_duration_ms: wanted.silenceMs,
        ...silent,
      };
    case 'semantic':
      return { type: 'semantic_vad', eagerness: wanted.eagerness, ...silent };
    default:
      return null;
  }
}

export function createItem({ id, role, text, after }: LinkItem): ClientEvent {
  const type = role === 'assistant' ? 'output_text' : 'input_text';
  return {
    type: 'conversation.item.create',
    ...(after === undefined ? {} : { previous_item_id: after }),
    item: { id, type: 'message', role, content: [{ type, text }] },
  };
}

export const toolOutput = (callId: string, output: string): ClientEvent => ({
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: callId, output },
});

export const truncateItem = (itemId: string, contentIndex: number, audioEndMs: number): ClientEvent => ({
  type: 'conversation.item.truncate',
  item_id: itemId,
  content_index: contentIndex,
  audio_end_ms: audioEndMs,
});

const CALLS: readonly LinkCall[] = [
  'session',
  'audio',
  'commit',
  'clear',
  'item',
  'response',
  'aside',
  'cancel',
  'truncate',
  'tool',
];

/** An event ID that tells, when the server quotes it in an error, which call it was. */
export const eventIdOf = (call: LinkCall, number: number): string => `${call}_${number}`;

export function callOf(eventId: string | null | undefined): LinkCall | undefined {
  const name = eventId?.split('_', 1)[0];
  return CALLS.find((call) => call === name);
}
