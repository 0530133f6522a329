import { SAMPLE_RATE } from '@parley/contract';
import { clipSamples, PHRASES, type ClipId } from './clips.ts';
import { joinsToOneNumber } from './numbers.ts';
import { resample } from './resample.ts';
import { voiceShape } from './voices.ts';

/** A piece of the transcript and the sample at which it begins to be spoken. The pieces joined are the transcript. */
export interface SpokenWord {
  text: string;
  atSample: number;
}

export interface Utterance {
  transcript: string;
  words: SpokenWord[];
  /** Mono, 24 kHz. */
  samples: Int16Array;
}

const SENTENCE_PAUSE_MS = 280;
const PHRASE_PAUSE_MS = 40;

/** The words of the clips, in the order spoken: `I heard about twenty-seven seconds of speech.` */
export function transcriptOf(clips: readonly ClipId[]): string {
  return clips.map((id, place) => separator(clips[place - 1], id) + PHRASES[id]).join('');
}

/**
 * Speaks the clips one after another. `speed` is the session's (0.25 to 1.5); speed and voice change the pitch, too.
 * The transcript has exactly the words that are in the samples (S40).
 */
export function speak(clips: readonly ClipId[], voice: string | { id: string }, speed: number): Utterance {
  const shape = voiceShape(voice);
  const parts: Int16Array[] = [];
  const words: SpokenWord[] = [];
  let at = 0;
  for (const [place, id] of clips.entries()) {
    const before = clips[place - 1];
    if (before) {
      const pause = silence(pauseAfter(before), speed);
      parts.push(pause);
      at += pause.length;
    }
    const samples = resample(clipSamples(shape.clips, id), shape.rate * speed);
    const text = PHRASES[id];
    for (const match of text.matchAll(/\S+/g)) {
      const lead = match.index === 0 ? separator(before, id) : ' ';
      const atSample = at + Math.round((samples.length * match.index) / text.length);
      words.push({ text: lead + match[0], atSample });
    }
    parts.push(samples);
    at += samples.length;
  }
  return { transcript: transcriptOf(clips), words, samples: concat(parts, at) };
}

function separator(before: ClipId | undefined, id: ClipId): string {
  if (!before) return '';
  return joinsToOneNumber(before, id) ? '-' : ' ';
}

function pauseAfter(id: ClipId): number {
  return /[.?:]$/.test(PHRASES[id]) ? SENTENCE_PAUSE_MS : PHRASE_PAUSE_MS;
}

function silence(ms: number, speed: number): Int16Array {
  return new Int16Array(Math.round((ms * SAMPLE_RATE) / 1000 / speed));
}

export function concat(parts: readonly Int16Array[], length: number): Int16Array {
  const whole = new Int16Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
