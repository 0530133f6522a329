import { isAudio, isMessage, type Item } from '../conversation/items.ts';
import type { Tool } from '../session/sessionSchema.ts';

/** Input audio costs a token for each 100 ms, output audio one for each 50 ms (Realtime cost guide). */
const INPUT_MS_PER_TOKEN = 100;
const OUTPUT_MS_PER_TOKEN = 50;
/** A rough mean for English. */
const CHARACTERS_PER_TOKEN = 4;
/** One low-detail image. */
const IMAGE_TOKENS = 85;

export interface Tokens {
  text: number;
  audio: number;
  image: number;
}

export const textTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
export const inputAudioTokens = (ms: number): number => Math.ceil(ms / INPUT_MS_PER_TOKEN);
export const outputAudioTokens = (ms: number): number => Math.ceil(ms / OUTPUT_MS_PER_TOKEN);

/** What it costs to read a conversation once: every response pays for all of it again. */
export function contextTokens(items: readonly Item[], instructions: string, tools: readonly Tool[]): Tokens {
  const tokens: Tokens = { text: textTokens(instructions), audio: 0, image: 0 };
  if (tools.length > 0) tokens.text += textTokens(JSON.stringify(tools));
  for (const item of items) {
    if (isMessage(item)) {
      for (const part of item.content) {
        if (part.type === 'input_audio') tokens.audio += inputAudioTokens(part.ms);
        else if (isAudio(part)) tokens.audio += outputAudioTokens(part.ms);
        else if (part.type === 'input_image') tokens.image += IMAGE_TOKENS;
        else tokens.text += textTokens(part.text);
      }
    } else if (item.type === 'function_call') tokens.text += textTokens(item.name + item.arguments);
    else if (item.type === 'function_call_output') tokens.text += textTokens(item.output);
  }
  return tokens;
}

/** The `usage` of a response. `cached` is the part of `input` that the response before had read already. */
export function presentUsage(input: Tokens, cached: Tokens, output: Tokens) {
  const total = (tokens: Tokens) => tokens.text + tokens.audio + tokens.image;
  return {
    total_tokens: total(input) + total(output),
    input_tokens: total(input),
    output_tokens: total(output),
    input_token_details: {
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: input.image,
      cached_tokens: total(cached),
      cached_tokens_details: {
        text_tokens: cached.text,
        audio_tokens: cached.audio,
        image_tokens: cached.image,
      },
    },
    output_token_details: { text_tokens: output.text, audio_tokens: output.audio },
  };
}

export function atMost(a: Tokens, b: Tokens): Tokens {
  return {
    text: Math.min(a.text, b.text),
    audio: Math.min(a.audio, b.audio),
    image: Math.min(a.image, b.image),
  };
}
