import type { AudioPart, MessageItem } from '../conversation/items.ts';
import type { Send } from '../protocol/serverEvents.ts';
import { inputAudioTokens, textTokens } from '../response/usage.ts';
import type { ScriptedTurn } from '../scenarios/schema.ts';
import type { Transcription } from '../session/sessionSchema.ts';

/** Between two deltas of a transcript. */
const DELTA_MS = 20;
/** This model is billed by duration, all others by tokens. */
const BILLED_BY_DURATION = 'whisper-1';

/**
 * Sends the transcript of committed audio, word by word, beside whatever else goes on. There is no speech recognition:
 * the words are the scenario's, or say honestly how much was heard (S35).
 */
export class Transcriber {
  readonly #send: Send;
  readonly #delayMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(send: Send, delayMs: number) {
    this.#send = send;
    this.#delayMs = delayMs;
  }

  transcribe(
    item: MessageItem,
    part: AudioPart,
    settings: Transcription,
    turn: ScriptedTurn | undefined,
  ): void {
    const contentIndex = item.content.indexOf(part);
    const { transcriptionFails } = turn ?? {};
    this.#after(this.#delayMs, () => {
      if (transcriptionFails)
        this.#send({
          type: 'conversation.item.input_audio_transcription.failed',
          item_id: item.id,
          content_index: contentIndex,
          error: { ...transcriptionFails },
        });
      else this.#next(item, part, contentIndex, wordsOf(heardIn(item)), settings);
    });
  }

  /** Sends nothing more. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #next(item: MessageItem, part: AudioPart, index: number, words: string[], settings: Transcription): void {
    const [word, ...rest] = words;
    if (word === undefined) {
      part.transcript = heardIn(item);
      this.#send({
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: item.id,
        content_index: index,
        transcript: part.transcript,
        usage: usage(part, settings),
      });
      return;
    }
    this.#send({
      type: 'conversation.item.input_audio_transcription.delta',
      item_id: item.id,
      content_index: index,
      delta: word,
    });
    this.#after(DELTA_MS, () => this.#next(item, part, index, rest, settings));
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

/** The scenario's words, or `[1.8 s of speech]`, or `[silence]`. */
function heardIn(item: MessageItem): string {
  if (item.heard !== undefined) return item.heard;
  const ms = item.speechMs ?? 0;
  return ms > 0 ? `[${(ms / 1000).toFixed(1)} s of speech]` : '[silence]';
}

const wordsOf = (text: string): string[] => text.match(/\s*\S+/g) ?? [];

function usage(part: AudioPart, { model }: Transcription) {
  if (model === BILLED_BY_DURATION) return { type: 'duration' as const, seconds: Math.ceil(part.ms / 1000) };
  const audio = inputAudioTokens(part.ms);
  const output = textTokens(part.transcript ?? '');
  return {
    type: 'tokens' as const,
    total_tokens: audio + output,
    input_tokens: audio,
    input_token_details: { text_tokens: 0, audio_tokens: audio },
    output_tokens: output,
  };
}
