import { SAMPLE_RATE } from '@parley/contract';
import { levelDbov } from '@parley/mixer/audio/level';
import { seededRandom } from '@parley/mixer/audio/testing/random';
import { speech, VOICES } from '../../support/audio/voices.ts';
import type { Script } from './script.ts';

/** Some speak up, some do not, dB: the recordings have their peaks at -6 dBov. */
const LOUDNESS_DB = [0, -3, -6, -9];
/** What a microphone hears of a quiet room: about -70 dBov. */
const NOISE = 18;
const FRAME = SAMPLE_RATE / 100;
/** Pauses in a recording are cut down to this, so that only the script ends a turn. */
const LONGEST_PAUSE_FRAMES = 20;
const PAUSE_DBOV = -45;
const WORD_DBOV = -38;
/** An utterance is cut out of a recording; its edges are faded over so many samples (10 ms). */
const FADE = FRAME;

export interface Microphones {
  /** Of each speaker, mono at 24 kHz: what was said, and nothing else. */
  clean: Int16Array[];
  /** The same with the noise of a room. */
  heard: Int16Array[];
}

/** Each speaker's recordings without their long pauses. */
export async function loadVoices(): Promise<Int16Array[]> {
  const voices = await Promise.all(VOICES.map(speech));
  return voices.map((voice, speaker) => {
    const gain = 10 ** ((LOUDNESS_DB[speaker] ?? 0) / 20);
    return withoutPauses(voice.map((sample) => Math.round(sample * gain)));
  });
}

/** What the microphones of a room hear while its script is spoken; `tailMs` of silence follow. */
export function recordScript(
  script: Script,
  voices: readonly Int16Array[],
  seed: number,
  tailMs: number,
): Microphones {
  const random = seededRandom(seed);
  const length = toSamples(script.lengthMs + tailMs);
  const clean = voices.map(() => new Int16Array(length));
  for (const { speaker, fromMs, toMs } of script.turns.flatMap(({ utterances }) => utterances)) {
    const voice = voices[speaker] ?? new Int16Array();
    const samples = toSamples(toMs - fromMs);
    const said = cut(voice, place(voice, samples, random), samples);
    clean[speaker]?.set(said, toSamples(fromMs));
  }
  const heard = clean.map((pcm) => pcm.map((sample) => sample + Math.round((random() - 0.5) * 2 * NOISE)));
  return { clean, heard };
}

/** Where an utterance of so many samples begins and ends in a word, not in a pause. */
function place(voice: Int16Array, samples: number, random: () => number): number {
  for (;;) {
    const at = Math.floor(random() * voice.length);
    const ends = [cut(voice, at, 3 * FRAME), cut(voice, at + samples - 3 * FRAME, 3 * FRAME)];
    if (ends.every((end) => levelDbov(end) >= WORD_DBOV)) return at;
  }
}

/** A part of a recording that goes round, with its edges faded. */
const cut = (voice: Int16Array, at: number, samples: number): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) => {
    const edge = Math.min(1, i / FADE, (samples - i) / FADE);
    return Math.round((voice[(at + i) % voice.length] ?? 0) * edge);
  });

function withoutPauses(pcm: Int16Array): Int16Array {
  const out = new Int16Array(pcm.length);
  let [length, quiet] = [0, 0];
  for (let at = 0; at + FRAME <= pcm.length; at += FRAME) {
    const frame = pcm.subarray(at, at + FRAME);
    quiet = levelDbov(frame) < PAUSE_DBOV ? quiet + 1 : 0;
    if (quiet > LONGEST_PAUSE_FRAMES) continue;
    out.set(frame, length);
    length += FRAME;
  }
  return out.slice(0, length);
}

const toSamples = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);
