import { SAMPLE_RATE } from '@parley/contract';
import type { WireItem } from '../protocol/serverEvents.ts';
import { encodeAudio } from '../protocol/audioFormat.ts';
import type { AudioFormat } from '../session/sessionSchema.ts';

/** Audio in the conversation. `samples` (24 kHz) may be let go when the conversation grows long; `ms` stays. */
export interface AudioPart {
  type: 'input_audio' | 'output_audio';
  ms: number;
  samples: Int16Array | null;
  transcript: string | null;
  /** Truncated by the client: whatever is still being generated no longer changes it. */
  cut?: boolean;
}

export type Part =
  | { type: 'input_text' | 'output_text'; text: string }
  | { type: 'input_image'; image_url: string; detail: 'auto' | 'low' | 'high' }
  | AudioPart;

export type ItemStatus = 'completed' | 'incomplete' | 'in_progress';

export interface MessageItem {
  id: string;
  type: 'message';
  role: 'system' | 'user' | 'assistant';
  status: ItemStatus;
  content: Part[];
  /** What the "model" understood: the scenario's words for this turn. Never sent. */
  heard?: string | undefined;
  /** Milliseconds of speech in the turn. Never sent. */
  speechMs?: number | undefined;
}

export interface FunctionCallItem {
  id: string;
  type: 'function_call';
  status: ItemStatus;
  call_id: string;
  name: string;
  arguments: string;
}

export interface FunctionCallOutputItem {
  id: string;
  type: 'function_call_output';
  status: ItemStatus;
  call_id: string;
  output: string;
}

/** MCP items are kept and shown, but nothing is done with them. */
export interface McpItem {
  id: string;
  type: 'mcp_approval_response' | 'mcp_list_tools' | 'mcp_call' | 'mcp_approval_request';
  [field: string]: unknown;
}

export type Item = MessageItem | FunctionCallItem | FunctionCallOutputItem | McpItem;

export const isMessage = (item: Item): item is MessageItem => item.type === 'message';
export const isAudio = (part: Part): part is AudioPart =>
  part.type === 'input_audio' || part.type === 'output_audio';

export function audioPart(
  type: AudioPart['type'],
  samples: Int16Array,
  transcript: string | null,
): AudioPart {
  return { type, samples, transcript, ms: (samples.length * 1000) / SAMPLE_RATE };
}

/** The item as events show it: without audio data, unless `withAudio` names the format to give it in. */
export function presentItem(item: Item, withAudio?: AudioFormat): WireItem {
  if (!isMessage(item)) return { ...item, object: 'realtime.item' } as WireItem;
  const { id, type, role, status } = item;
  const content = item.content.map((part) => (isAudio(part) ? presentAudio(part, withAudio) : part));
  return { id, object: 'realtime.item', type, role, status, content } as WireItem;
}

function presentAudio(part: AudioPart, withAudio: AudioFormat | undefined) {
  const data =
    withAudio && part.samples ? { audio: encodeAudio(part.samples, withAudio), format: withAudio } : {};
  // A user's part always has the field, null until it is transcribed; a truncated answer has none.
  const said =
    part.type === 'output_audio' && part.transcript === null ? {} : { transcript: part.transcript };
  return { type: part.type, ...data, ...said };
}

/**
 * What the model knows of a message in words: its text, its own spoken words, and of a person's speech what the
 * scenario says was heard. The transcript of a person's audio is for people; the model does not see it (S41).
 */
export function textOf(item: MessageItem): string {
  if (item.heard !== undefined) return item.heard;
  return item.content
    .map((part) => {
      if ('text' in part) return part.text;
      return part.type === 'output_audio' ? (part.transcript ?? '') : '';
    })
    .filter(Boolean)
    .join(' ');
}

/** What is there to answer: the last user message or tool output. Hints from the system do not count. */
export function stimulus(items: readonly Item[]): MessageItem | FunctionCallOutputItem | undefined {
  const last = items.findLast(
    (item) => item.type === 'function_call_output' || (isMessage(item) && item.role === 'user'),
  );
  return last && (isMessage(last) || last.type === 'function_call_output') ? last : undefined;
}
