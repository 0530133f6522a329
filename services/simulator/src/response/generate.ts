import { SAMPLE_RATE } from '@parley/contract';
import {
  audioPart,
  type AudioPart,
  type FunctionCallItem,
  type Item,
  type MessageItem,
} from '../conversation/items.ts';
import { encodeAudio } from '../protocol/audioFormat.ts';
import { newId } from '../protocol/ids.ts';
import type { Send } from '../protocol/serverEvents.ts';
import type { AudioFormat } from '../session/sessionSchema.ts';
import type { ClipId } from '../speech/clips.ts';
import { speak } from '../speech/utterance.ts';
import type { PlannedCall } from './toolCalls.ts';
import { outputAudioTokens, textTokens, type Tokens } from './usage.ts';

/** Length of one audio delta. */
const DELTA_MS = 100;
const DELTA_SAMPLES = (SAMPLE_RATE * DELTA_MS) / 1000;
/** Between the deltas of text and of arguments. */
const TEXT_DELTA_MS = 15;
const ARGUMENTS_DELTA_CHARACTERS = 24;

/** What a step of generation may do to its response. */
export interface Generation {
  send: Send;
  responseId: string;
  outputIndex: number;
  /** Counts what was generated. */
  output: Tokens;
  heardMs(ms: number): void;
  /** True when no more tokens may be generated. */
  spent(): boolean;
  open(item: Item): void;
  /** Closes the item. Runs even when the response is stopped in the middle. */
  close(item: Item): void;
}

interface MessagePlan {
  say: ClipId[];
  text: string;
}

interface MessageSettings {
  modality: 'text' | 'audio';
  voice: string | { id: string };
  speed: number;
  format: AudioFormat;
  pace: number;
}

/** Each generator below yields the milliseconds to wait; `return()` in the middle closes its item as incomplete. */
export function* generateMessage(
  plan: MessagePlan,
  settings: MessageSettings,
  generation: Generation,
): Generator<number, void> {
  const item: MessageItem = {
    id: newId('item'),
    type: 'message',
    role: 'assistant',
    status: 'in_progress',
    content: [],
  };
  generation.open(item);
  if (settings.modality === 'audio') yield* generateSpeech(item, plan.say, settings, generation);
  else yield* generateText(item, plan.text, generation);
}

function* generateSpeech(
  item: MessageItem,
  say: ClipId[],
  settings: MessageSettings,
  generation: Generation,
): Generator<number, void> {
  const { send, output } = generation;
  const at = place(item, generation);
  const utterance = speak(say, settings.voice, settings.speed);
  const part: AudioPart = audioPart('output_audio', new Int16Array(0), '');
  let transcript = '';
  let sent = 0;
  let word = 0;
  send({ type: 'response.content_part.added', ...at, part: { type: 'audio', transcript: '' } });
  item.content.push(part);
  try {
    while (sent < utterance.samples.length && !generation.spent()) {
      const end = Math.min(sent + DELTA_SAMPLES, utterance.samples.length);
      for (; word < utterance.words.length; word += 1) {
        const next = utterance.words[word];
        if (!next || next.atSample >= end) break;
        transcript += next.text;
        output.text += textTokens(next.text);
        if (!part.cut) part.transcript = transcript;
        send({ type: 'response.output_audio_transcript.delta', ...at, delta: next.text });
      }
      const delta = encodeAudio(utterance.samples.subarray(sent, end), settings.format);
      send({ type: 'response.output_audio.delta', ...at, delta });
      const ms = ((end - sent) * 1000) / SAMPLE_RATE;
      output.audio += outputAudioTokens(ms);
      generation.heardMs(ms);
      sent = end;
      if (!part.cut) {
        part.samples = utterance.samples.subarray(0, sent);
        part.ms = (sent * 1000) / SAMPLE_RATE;
      }
      yield ms / settings.pace;
    }
  } finally {
    item.status = sent === utterance.samples.length ? 'completed' : 'incomplete';
    send({ type: 'response.output_audio.done', ...at });
    send({ type: 'response.output_audio_transcript.done', ...at, transcript });
    send({ type: 'response.content_part.done', ...at, part: { type: 'audio', transcript } });
    generation.close(item);
  }
}

function* generateText(item: MessageItem, text: string, generation: Generation): Generator<number, void> {
  const { send, output } = generation;
  const at = place(item, generation);
  const part = { type: 'output_text' as const, text: '' };
  const words = text.match(/\s*\S+/g) ?? [];
  let next = 0;
  send({ type: 'response.content_part.added', ...at, part: { type: 'text', text: '' } });
  item.content.push(part);
  try {
    while (next < words.length && !generation.spent()) {
      const delta = words[next] ?? '';
      next += 1;
      part.text += delta;
      output.text += textTokens(delta);
      send({ type: 'response.output_text.delta', ...at, delta });
      yield TEXT_DELTA_MS;
    }
  } finally {
    item.status = next === words.length ? 'completed' : 'incomplete';
    send({ type: 'response.output_text.done', ...at, text: part.text });
    send({ type: 'response.content_part.done', ...at, part: { type: 'text', text: part.text } });
    generation.close(item);
  }
}

export function* generateCall(call: PlannedCall, generation: Generation): Generator<number, void> {
  const { send, output, responseId, outputIndex } = generation;
  const item: FunctionCallItem = {
    id: newId('item'),
    type: 'function_call',
    status: 'in_progress',
    call_id: newId('call'),
    name: call.name,
    arguments: '',
  };
  const at = { response_id: responseId, output_index: outputIndex, item_id: item.id, call_id: item.call_id };
  generation.open(item);
  try {
    while (item.arguments.length < call.arguments.length && !generation.spent()) {
      const from = item.arguments.length;
      const delta = call.arguments.slice(from, from + ARGUMENTS_DELTA_CHARACTERS);
      item.arguments += delta;
      output.text += textTokens(delta);
      send({ type: 'response.function_call_arguments.delta', ...at, delta });
      yield TEXT_DELTA_MS;
    }
  } finally {
    item.status = item.arguments.length === call.arguments.length ? 'completed' : 'incomplete';
    send({
      type: 'response.function_call_arguments.done',
      ...at,
      name: item.name,
      arguments: item.arguments,
    });
    generation.close(item);
  }
}

function place(item: MessageItem, { responseId, outputIndex }: Generation) {
  return { response_id: responseId, output_index: outputIndex, item_id: item.id, content_index: 0 };
}
