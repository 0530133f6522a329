import { createDecoder } from 'libopus-wasm';
import { findIn } from '../../support/audio/correlate.ts';
import { median } from '../../support/audio/follow.ts';
import type { ReceivedPacket } from '../../support/peers/Listener.ts';
import { RATE, repeated, type TestVoice } from '../../support/audio/voices.ts';

/** A second that is less like the voice was not heard as words. */
const HEARD = 0.5;

/** What a receiver hears that waits for what is late (24 kHz mono): decoded in order, silent where nothing came. */
export async function inOrder(frames: readonly ReceivedPacket[]): Promise<Int16Array> {
  const decoder = await createDecoder({ sampleRate: RATE, channels: 1 });
  const sorted = [...frames].sort((a, b) => a.at - b.at);
  const begin = sorted[0]?.at ?? 0;
  const last = sorted.at(-1);
  const samples = new Int16Array(last ? last.at + last.pcm.length - begin : 0);
  for (const { at, payload } of sorted) samples.set(decoder.decode(payload), at - begin);
  decoder.free();
  return samples;
}

/** How like a voice without pauses each second of a recording is (24 kHz mono). */
export async function likeness(
  voice: TestVoice,
  recording: Int16Array,
): Promise<{ score: number; heard: number }> {
  const source = await repeated(voice, 22, 0);
  const scores: number[] = [];
  for (let from = 0; from + RATE <= recording.length; from += RATE)
    scores.push(findIn(recording.subarray(from, from + RATE), source).score);
  return {
    score: median(scores),
    heard: scores.filter((score) => score >= HEARD).length / (scores.length || 1),
  };
}
